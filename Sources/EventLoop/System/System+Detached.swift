import CLibuv

extension System {
    /// Starts a program that outlives this one: a session of its own, standard input empty, errors added to
    /// a file, output to be read by the caller until the program lets go of it.
    /// - Parameters:
    ///   - path: of the executable; it is not looked up.
    ///   - arguments: with the program's name first.
    ///   - environment: all of it; nothing is inherited.
    ///   - log: made for its user only when there is none.
    public static func startDetached(
        _ path: String, arguments: [String], environment: [String: String], directory: String, log: String
    ) throws(EventLoopError) -> DetachedProcess {
        var pipe: (reading: Int32, writing: Int32) = (-1, -1)
        let status = withUnsafeMutablePointer(to: &pipe) {
            uv_pipe(UnsafeMutableRawPointer($0).assumingMemoryBound(to: Int32.self), 0, 0)
        }
        guard status == 0 else { throw EventLoopError("starting \(path)", status: status) }
        defer { close(pipe.writing) }
        var processID: Int32 = 0
        let number = withCStrings(arguments) { arguments in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                clibuv_spawn_detached(path, arguments, environment, directory, log, pipe.writing, &processID)
            }
        }
        guard number == 0 else {
            close(pipe.reading)
            throw EventLoopError("starting \(path)", cause: SystemError(number: number))
        }
        return DetachedProcess(processID: processID, output: pipe.reading, name: path)
    }
}

/// A program started by `System.startDetached`. It is this process's child until this process ends.
public final class DetachedProcess: Sendable {
    public let processID: Int32
    private let output: Int32
    private let name: String

    init(processID: Int32, output: Int32, name: String) {
        self.processID = processID
        self.output = output
        self.name = name
    }

    deinit { System.close(output) }

    /// What the program printed before it closed its standard output or ended.
    /// - Throws: `.timedOut` after the deadline.
    public func readOutput(deadline: ContinuousClock.Instant) throws(EventLoopError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let left = max(0, Int32(clamping: (deadline - .now).wholeMilliseconds))
            guard try System.wait(output, toWrite: false, milliseconds: left) else {
                throw EventLoopError(.timedOut, "waiting for \(name)")
            }
            let more = try System.read(output, count: 4096, name)
            if more.isEmpty { return bytes }
            bytes += more
        }
    }
}
