import EventLoop
import JSON

/// A session's transcript: what Claude Code 2.1.329 writes, in its order and batches.
///
/// Lines are collected for about 100 ms and written in one piece. The file is made with the first of them, so a
/// session without a message has none.
final class Transcript {
    let session: String
    let path: String
    /// The last entry of the conversation, which the next one names as its parent.
    private(set) var leaf: String?
    /// Entries of the conversation so far.
    private(set) var messageCount = 0
    var promptIndex = 0
    var turnIndex = 0
    /// Calls whose results a crash kept from being written, to be closed before the next message.
    var unfinished: Unfinished?

    private let directory: String
    private lazy var flushTimer = LoopTimer(on: loop)
    private let loop: EventLoop
    private var buffer: [UInt8] = []
    private(set) var isNew = true

    private static let batchTime = Duration.milliseconds(100)

    /// What an earlier process left open.
    struct Unfinished {
        /// Tool calls without a result, each with the entry that made it.
        var calls: [(identifier: String, entry: String)] = []
        var promptID: String
    }

    init(on loop: EventLoop, session: String, path: String, directory: String) {
        self.session = session
        self.path = path
        self.directory = directory
        self.loop = loop
    }

    /// Adds a line of the program's own bookkeeping.
    func note(_ fields: JSON.Object) {
        isNew = false
        buffer += JSON.object(fields).bytes
        buffer.append(UInt8(ascii: "\n"))
        if !flushTimer.isScheduled {
            flushTimer.schedule(after: Self.batchTime) { [unowned self] in flush() }
        }
    }

    /// Adds an entry to the conversation and returns its identifier.
    /// - Parameter isRoot: whether it starts the conversation anew, as after a compaction.
    @discardableResult
    func add(_ fields: JSON.Object, as identifier: String = Identifier.unique(), isRoot: Bool = false) -> String {
        var entry: JSON.Object = [
            "parentUuid": isRoot ? .null : leaf.map(JSON.string) ?? .null, "isSidechain": false,
        ]
        for (key, value) in fields { entry[key] = value }
        entry["uuid"] = .string(identifier)
        if entry["timestamp"] == nil { entry["timestamp"] = .string(WallClock.timestamp) }
        for (key, value) in Self.context(session: session, directory: directory) { entry[key] = value }
        leaf = identifier
        messageCount += 1
        note(entry)
        return identifier
    }

    /// The fields that end every entry of a conversation.
    static func context(session: String, directory: String) -> JSON.Object {
        [
            "userType": "external", "entrypoint": "cli", "cwd": .string(directory), "sessionId": .string(session),
            "version": .string(Version.number), "gitBranch": "HEAD",
        ]
    }

    /// Writes what has been collected.
    func flush() {
        flushTimer.cancel()
        guard !buffer.isEmpty else { return }
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
        do {
            try System.makeDirectory(folder, withParents: true)
            try System.append(path, buffer)
        } catch {
            Terminal.writeError("cannot write the transcript: \(error)")
        }
        buffer = []
    }

    /// Takes up the conversation that an earlier process wrote.
    func resume() {
        isNew = false
        var open: [String: String] = [:]
        var lastPrompt: String?
        var isAnswered = true
        let bytes = (try? FileReader.contents(of: path, limit: .max)) ?? []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let entry = try? JSON(parsing: line), let identifier = entry["uuid"]?.string else { continue }
            leaf = identifier
            messageCount += 1
            switch entry["type"]?.string {
            case "user":
                for block in entry["message"]?["content"]?.array ?? [] {
                    if let call = block["tool_use_id"]?.string { open[call] = nil }
                }
                guard entry["promptSource"] != nil else { break }
                promptIndex += 1
                lastPrompt = entry["promptId"]?.string
                isAnswered = false
            case "assistant":
                isAnswered = true
                for block in entry["message"]?["content"]?.array ?? [] {
                    if block["type"]?.string == "tool_use", let call = block["id"]?.string { open[call] = identifier }
                }
            default: break
            }
        }
        turnIndex = promptIndex
        if let lastPrompt, !isAnswered || !open.isEmpty {
            unfinished = Unfinished(calls: open.map { ($0.key, $0.value) }, promptID: lastPrompt)
        }
    }

    func close() {
        flush()
        flushTimer.close()
    }
}
