import EventLoop
import Foundation
import JSON
import TestSupport
import Testing

/// The real Codex, while app-server and supervisor are killed again and again under several sessions that work.
@Suite(.timeLimit(.minutes(5)))
struct CodexKillStormTests {
    private static let messages = 10

    /// What came of one message, as its sender was told.
    private struct Told {
        let message: String
        let result: Command.Result
    }

    @Test("each message arrives once and in order, or its sender is told that it did not")
    func storm() async throws {
        try await Workplace.with(.codex) { place in
            var ids: [String] = []
            for _ in 0..<4 { ids.append(try await place.create()) }
            let killing = Task { try await Self.kill(in: place) }
            let told = try await withThrowingTaskGroup(of: (String, [Told]).self) { group in
                for id in ids {
                    group.addTask {
                        var told: [Told] = []
                        for number in 1...Self.messages {
                            let message = "SAY \(number) to \(id)"
                            told.append(Told(message: message, result: try await place.run("ask", id, message)))
                        }
                        return (id, told)
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            try await killing.value
            for (id, told) in told {
                #expect(try await place.must("ask", id, "SAY the end") == "the end")
                let received = try await place.received(id)
                // In order, and none twice.
                #expect(received == told.map(\.message).filter(received.contains) + ["SAY the end"])
                for told in told { check(told, hasArrived: received.contains(told.message)) }
            }
            let answered = told.values.joined().count { $0.result.isSuccess }
            print("\(answered) of \(4 * Self.messages) messages were answered")
            // Each end of a server cuts off one turn of each session at most.
            #expect(answered >= 4 * (Self.messages - Self.victims.count))
        }
    }

    private func check(_ told: Told, hasArrived: Bool) {
        let complaint = told.result.errorText
        if told.result.isSuccess {
            #expect(told.result.outputText == told.message.dropFirst("SAY ".count) + "\n")
            #expect(hasArrived, "\(told.message)")
        } else {
            #expect(told.result.exit.status == 1)
            #expect(!complaint.isEmpty)
            // One that was cut off may have been on its way to the model.
            if complaint.contains("not delivered"), !complaint.contains("in doubt") {
                #expect(!hasArrived, "\(told.message): \(complaint)")
            }
        }
    }

    private static let victims: [CodexVictim] = [.appServer, .supervisor, .appServerAndSupervisor, .appServerThatDrains, .supervisor, .appServer]

    /// Kills one after the other, each a little after the one before, as soon as the model is asked.
    private static func kill(in place: Workplace) async throws {
        for (round, victim) in victims.enumerated() {
            _ = try await place.model?.waitForRequest { $0.index == 2 + 5 * round }
            var numbers: [ProcessIdentity] = []
            if victim.endsAppServer { numbers += place.appServers() }
            if victim.endsSupervisor, let supervisor = try? await place.supervisorPID() {
                numbers += [supervisor].compactMap(ProcessIdentity.of)
            }
            for process in numbers { try? System.kill(process.processID, victim == .appServerThatDrains ? Signal.terminate : Signal.kill) }
        }
    }
}
