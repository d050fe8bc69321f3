@testable import EventLoop
import Testing

@Suite("Watches for the end of a process", .timeLimit(.minutes(1)))
struct ExitWatchTests {
    @Test("the end of a process is told once", arguments: [true, false])
    func exit(byDescriptor: Bool) async throws {
        try await withLoop { loop, actor in
            let child = try ChildProcess(on: loop, .shell("sleep 3600")) { _ in }
            let process = try #require(ProcessIdentity.of(child.processID))
            let log = Log<Void>()
            let watch =
                byDescriptor
                ? try ExitWatch(on: loop, process: process) { log.append(()) }
                : try ExitWatch(on: loop, process: process, descriptor: -SystemError.notImplemented.number) {
                    log.append(())
                }
            #expect(process.isAlive)
            try child.kill(9)
            await log.wait { !$0.isEmpty }
            #expect(!process.isAlive)
            #expect(log.elements.count == 1)
            watch.close()
            child.close()
        }
    }

    @Test("a number that now belongs to another process counts as ended")
    func reused() async throws {
        try await withLoop { loop, actor in
            let log = Log<Void>()
            let stranger = ProcessIdentity(processID: System.processID, startTime: 1)
            let watch = try ExitWatch(on: loop, process: stranger) { log.append(()) }
            #expect(log.elements.isEmpty)
            await log.wait { !$0.isEmpty }
            watch.close()
        }
    }
}
