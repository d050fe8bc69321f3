import EventLoop
import JSON

/// `<configuration>/sessions/<pid>.json`: what a session is doing, for others to see.
struct StatusFile {
    enum Status: Hashable {
        case starting
        case idle
        case busy
        case waiting(for: String)
    }

    private let path: String?
    private var fields: JSON.Object
    private(set) var status: Status = .starting

    /// - Parameter isWritten: false for a version that had no such file.
    init(_ folder: ConfigurationFolder, session: String, directory: String, isWritten: Bool) {
        let processID = System.processID
        let now = JSON(WallClock.milliseconds)
        path = isWritten ? folder.statusFile(of: processID) : nil
        let start = ProcessIdentity.of(processID).map { String($0.startTime) } ?? ""
        let name = directory.split(separator: "/").last.map(String.init) ?? "root"
        fields = [
            "pid": JSON(Int(processID)), "sessionId": .string(session), "cwd": .string(directory), "startedAt": now,
            "procStart": .string(start), "version": .string(Version.number), "peerProtocol": 1,
            "peerFeatures": ["notify_idle", "reply_across_default_dirs", "artifact_yield"], "kind": "interactive",
            "entrypoint": "cli", "asksForConvertedSkills": nil, "name": .string(name + "-01"),
            "nameSource": "derived", "nameSince": now,
        ]
    }

    mutating func set(_ status: Status) throws(EventLoopError) {
        self.status = status
        let now = JSON(WallClock.milliseconds)
        fields["waitingFor"] = nil
        switch status {
        case .starting: fields["status"] = nil
        case .idle: fields["status"] = "idle"
        case .busy: fields["status"] = "busy"
        case .waiting(let what):
            fields["status"] = "waiting"
            fields["waitingFor"] = .string(what)
        }
        fields["updatedAt"] = now
        fields["statusUpdatedAt"] = now
        try write()
    }

    /// After `/clear` the same process goes on with another session.
    mutating func set(session: String) throws(EventLoopError) {
        fields["sessionId"] = .string(session)
        try write()
    }

    func remove() {
        if let path { try? System.removeFile(path) }
    }

    private func write() throws(EventLoopError) {
        guard let path else { return }
        try System.makeDirectory(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]), withParents: true)
        try System.replace(path, with: JSON.object(fields).bytes)
    }
}
