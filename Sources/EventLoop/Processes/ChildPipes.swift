import CLibuv

/// The three standard streams of a child that is about to start.
struct ChildPipes {
    let stdin: ByteStream?
    let stdout: ByteStream?
    let stderr: ByteStream?
    private let choices: [ChildProcess.Stdio]

    init(_ options: ChildProcess.Options, on loop: EventLoop) throws(EventLoopError) {
        choices = [options.stdin, options.stdout, options.stderr]
        var pipes: [ByteStream?] = []
        do throws(EventLoopError) {
            for (choice, name) in zip(choices, ["input", "output", "errors"]) {
                guard case .pipe = choice else {
                    pipes.append(nil)
                    continue
                }
                pipes.append(try ByteStream(UV_NAMED_PIPE, named: "the \(name) of \(options.executable)", on: loop))
            }
        } catch {
            for pipe in pipes { pipe?.close() }
            throw error
        }
        (stdin, stdout, stderr) = (pipes[0], pipes[1], pipes[2])
    }

    func withContainers(_ body: (UnsafeMutablePointer<uv_stdio_container_t>) -> Int32) -> Int32 {
        var containers = [uv_stdio_container_t](repeating: uv_stdio_container_t(), count: 3)
        let streams = [stdin, stdout, stderr]
        for index in 0..<3 {
            switch choices[index] {
            case .null: clibuv_stdio_null(&containers[index])
            case .pipe: clibuv_stdio_pipe(&containers[index], streams[index]!.stream, index == 0 ? 1 : 0)
            case .inherit: clibuv_stdio_descriptor(&containers[index], Int32(index))
            case .descriptor(let descriptor): clibuv_stdio_descriptor(&containers[index], descriptor)
            }
        }
        return body(&containers)
    }

    func close() {
        for pipe in [stdin, stdout, stderr] { pipe?.close() }
    }
}
