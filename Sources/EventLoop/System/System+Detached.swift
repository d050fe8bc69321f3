import CLibuv

extension System {
    /// Starts a program that outlives this one: a session of its own, standard input empty, output and
    /// errors added to a file.
    /// - Parameters:
    ///   - path: of the executable; it is not looked up.
    ///   - arguments: with the program's name first.
    ///   - environment: all of it; nothing is inherited.
    ///   - log: made for its user only when there is none.
    /// - Returns: the process's id. It is this process's child until this process ends.
    public static func startDetached(
        _ path: String, arguments: [String], environment: [String: String], directory: String, log: String
    ) throws(EventLoopError) -> Int32 {
        var processID: Int32 = 0
        let number = withCStrings(arguments) { arguments in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                clibuv_spawn_detached(path, arguments, environment, directory, log, &processID)
            }
        }
        guard number == 0 else { throw EventLoopError("starting \(path)", cause: SystemError(number: number)) }
        return processID
    }
}
