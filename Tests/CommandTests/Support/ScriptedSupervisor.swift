import Control
import EventLoop
import JSON

/// A supervisor that answers as a test tells it to, and remembers what it was asked.
actor ScriptedSupervisor {
    enum Reaction: Sendable {
        case result(JSON)
        case failure(ControlError)
        case notification(String, JSON)
        /// Ends the connection.
        case leave
    }

    struct Call: Sendable, Hashable {
        let method: String
        let parameters: JSON
    }

    /// What to do about a call, in this order; nothing leaves the caller waiting.
    typealias Script = @Sendable (Call) -> [Reaction]

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let script: Script
    private let greeting: Reaction
    private var listener: StreamListener?
    private var connections: [ObjectIdentifier: (stream: ByteStream, buffer: [UInt8])] = [:]
    private(set) var calls: [Call] = []
    private(set) var readsOfFirstCall: Int?
    private var reads = 0

    static let welcome = Reaction.result([
        "protocolVersion": JSON(ControlProtocol.version), "programVersion": "0.5.0", "processID": 1,
    ])

    init(loop: EventLoop, greeting: Reaction = welcome, script: @escaping Script) {
        self.loop = loop
        self.greeting = greeting
        self.script = script
    }

    func listen(at path: String) throws {
        listener = try StreamListener(on: loop, unixPath: path) { stream in self.accept(stream) }
    }

    func close() {
        listener?.close()
        listener = nil
        for connection in connections.values { connection.stream.close() }
        connections.removeAll()
    }

    /// The connections that are open.
    var callers: Int { connections.count }

    private func accept(_ stream: ByteStream) {
        connections[ObjectIdentifier(stream)] = (stream, [])
        stream.read { event in
            switch event {
            case .bytes(let bytes): self.take(bytes, from: stream)
            case .end, .failed: self.drop(stream)
            }
        }
    }

    private func take(_ bytes: [UInt8], from stream: ByteStream) {
        reads += 1
        connections[ObjectIdentifier(stream)]?.buffer += bytes
        guard bytes.contains(UInt8(ascii: "\n")), var buffer = connections[ObjectIdentifier(stream)]?.buffer else { return }
        while let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Array(buffer[..<end])
            buffer.removeSubrange(...end)
            guard case .request(let id, let method, let parameters) = try? Envelope(line: line) else { continue }
            answer(id, Call(method: method, parameters: parameters), on: stream)
        }
        connections[ObjectIdentifier(stream)]?.buffer = buffer
    }

    private func answer(_ id: Int64, _ call: Call, on stream: ByteStream) {
        let isGreeting = call.method == Hello.method
        if !isGreeting {
            calls.append(call)
            readsOfFirstCall = readsOfFirstCall ?? reads
        }
        for reaction in isGreeting ? [greeting] : script(call) {
            switch reaction {
            case .result(let result): stream.write(Envelope.result(id: id, result).line)
            case .failure(let error): stream.write(Envelope.failure(id: id, error).line)
            case .notification(let method, let parameters):
                stream.write(Envelope.notification(method: method, parameters: parameters).line)
            case .leave: drop(stream)
            }
        }
    }

    private func drop(_ stream: ByteStream) {
        connections[ObjectIdentifier(stream)] = nil
        stream.close()
    }
}
