import JSON
import TestSupport
@testable import CodexAppServer
@testable import Sessions

/// One thread of a recording as one of its clients saw it: what went over that client's connection, in its order.
struct ThreadPlay {
    enum Step {
        case sends(turn: Int64, steers: Bool)
        /// With the id of the turn that has the message; nil when it was refused.
        case answered(turn: Int64, by: String?, steers: Bool)
        case told(ThreadNotification)
    }

    let thread: String
    var steps: [Step]

    init(_ recording: CodexRecording, connection: String, thread: String) throws {
        self.thread = thread
        var steps: [Step] = []
        var turns: [String: (turn: Int64, steers: Bool)] = [:]
        var newest: Int64 = 0
        for frame in recording.frames where frame.connection == connection {
            let json = frame.json
            let parameters = json["params"] ?? [:]
            guard parameters["input"] != [] else { continue }
            let isOurs = (parameters["threadId"] ?? parameters["thread"]?["id"]) == .string(thread)
            switch (frame.isSent, json["method"]?.string, json["id"]?.compact) {
            case (true, let method?, let id?) where isOurs && (method == "turn/start" || method == "turn/steer"):
                newest += 1
                turns[id] = (newest, method == "turn/steer")
                steps.append(.sends(turn: newest, steers: method == "turn/steer"))
            case (false, nil, let id?):
                guard let (turn, steers) = turns.removeValue(forKey: id) else { continue }
                let answer = json["result"]?["turn"]?["id"] ?? json["result"]?["turnId"]
                steps.append(.answered(turn: turn, by: answer?.string, steers: steers))
            case (false, let method?, nil) where isOurs:
                steps.append(.told(try ThreadNotification(method: method, parameters: parameters)))
            default:
                continue
            }
        }
        self.steps = steps
        nameMessages()
    }

    /// Gives the client's messages the ids with which it is said here to have sent them.
    private mutating func nameMessages() {
        var sent: [String: [Int64]] = [:]
        for case .answered(let turn, let id?, _) in steps { sent[id, default: []].append(turn) }
        var seen: [String: [String]] = [:]
        func named(_ item: ThreadItem, _ turn: String) -> ThreadItem {
            guard item.type == "userMessage" else { return item }
            if seen[turn]?.contains(item.id) != true { seen[turn, default: []].append(item.id) }
            guard let number = seen[turn]?.firstIndex(of: item.id), let ours = sent[turn], number < ours.count else { return item }
            var json = item.json
            json["clientId"] = .string(TrackerLog.clientID(ours[number]))
            return ThreadItem(json)
        }
        for (index, step) in steps.enumerated() {
            switch step {
            case .told(.itemStarted(let item, let turn)): steps[index] = .told(.itemStarted(named(item, turn), turn: turn))
            case .told(.itemCompleted(let item, let turn)): steps[index] = .told(.itemCompleted(named(item, turn), turn: turn))
            default: break
            }
        }
    }

    /// The same as a client sees it that has sent nothing itself.
    var withoutOurs: ThreadPlay {
        var play = self
        play.steps.removeAll { if case .told = $0 { false } else { true } }
        return play
    }

    /// All threads of a recording, each as every client saw it that was told of its turns.
    static func all(in name: String) throws -> [(connection: String, play: ThreadPlay)] {
        let recording = try CodexRecording(name)
        var seen: [(connection: String, thread: String)] = []
        for frame in recording.frames where !frame.isSent && frame.json["method"]?.string?.hasPrefix("turn/") == true {
            guard let thread = frame.json["params"]?["threadId"]?.string,
                  !seen.contains(where: { $0.connection == frame.connection && $0.thread == thread })
            else { continue }
            seen.append((frame.connection, thread))
        }
        return try seen.map { ($0.connection, try ThreadPlay(recording, connection: $0.connection, thread: $0.thread)) }
    }

    // MARK: What the server would tell when asked

    /// The thread's turns after so many steps, as `thread/turns/list` gives them: the newest first.
    func turns(after count: Int) -> [ThreadTurn] {
        var turns: [ThreadTurn] = []
        func change(_ id: String, _ body: (inout [ThreadItem]) -> Void) {
            guard let index = turns.firstIndex(where: { $0.id == id }) else { return }
            var items = turns[index].items
            body(&items)
            turns[index] = turns[index].with(items: items)
        }
        func begin(_ turn: ThreadTurn) {
            if !turns.contains(where: { $0.id == turn.id }) { turns.insert(turn, at: 0) }
        }
        for step in steps.prefix(count) {
            if case .answered(_, let id?, _) = step {
                begin(ThreadTurn(id: id, status: .inProgress, items: [], error: nil, startedAt: nil, completedAt: nil))
            }
            guard case .told(let notification) = step else { continue }
            switch notification {
            case .turnStarted(let turn): begin(turn)
            case .turnCompleted(let turn):
                if let index = turns.firstIndex(where: { $0.id == turn.id }) {
                    turns[index] = turn.with(items: turns[index].items)
                } else {
                    turns.insert(turn, at: 0)
                }
            case .itemCompleted(let item, let turn): change(turn) { $0.append(item) }
            default: break
            }
        }
        return turns
    }
}

extension ThreadTurn {
    fileprivate func with(items: [ThreadItem]) -> ThreadTurn {
        ThreadTurn(id: id, status: status, items: items, error: error, startedAt: startedAt, completedAt: completedAt)
    }
}

/// A tracker, and what it has told, in words.
struct TrackerLog {
    var tracker = CodexThreadTracker()
    private(set) var words: [String] = []
    private(set) var events: [AgentEvent] = []
    /// Short names of recorded turns, in the order in which they are told of.
    private var names: [String: String] = [:]

    static func clientID(_ turn: Int64) -> String { "client-\(turn)" }

    mutating func take(_ step: ThreadPlay.Step) {
        switch step {
        case .sends(let turn, let steers):
            if !steers { tracker.hold() }
            tracker.expect(Self.clientID(turn), turn: turn)
        case .answered(let turn, let id, let steers):
            if let id { take(tracker.deliver(turn, in: id)) } else { tracker.forget(Self.clientID(turn)) }
            if !steers { take(tracker.release()) }
        case .told(let notification):
            take(tracker.take(notification))
        }
    }

    mutating func take(_ events: [AgentEvent]) {
        self.events += events
        for event in events {
            // It follows each end, and tells nothing more here.
            if case .idle = event { continue }
            words.append(words(for: event))
        }
    }

    /// The words since the last call.
    mutating func news() -> [String] {
        defer { words = [] }
        return words
    }

    private mutating func name(_ id: String) -> String {
        if id.count == 1 { return id }
        if let name = names[id] { return name }
        let name = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(names.count % 26)))
        names[id] = name
        return name
    }

    private mutating func words(for event: AgentEvent) -> String {
        switch event {
        case .delivered(let turn, let id, _): "\(turn) is \(name(id ?? "?"))"
        case .turnStarted(let turn): "\(name(turn.id)) of \(turn.origin): \(turn.text)"
        case .turnEnded(let id, let end): "\(name(id)) \(end.state)" + (end.reason.map { ": \($0)" } ?? "")
        case .said(let message): "\(message.role): \(message.text)"
        case .goalChanged(let goal): "goal \(goal?.status ?? "cleared")"
        default: "\(event)"
        }
    }
}

extension TrackerLog {
    /// Plays all of it.
    init(_ play: ThreadPlay) {
        for step in play.steps { take(step) }
    }

    /// How turns ended, by Codex's ids, in order.
    var ends: [(turn: String, end: AgentTurnEnd)] {
        events.compactMap { event in
            guard case .turnEnded(let turn, let end) = event else { return nil }
            return (turn, end)
        }
    }

    /// Turns that the session has been told of, by Codex's ids.
    var known: Set<String> {
        Set(events.compactMap { event in
            switch event {
            case .delivered(_, let id, _): id
            case .turnStarted(let turn): turn.id
            default: nil
            }
        })
    }
}
