import EventLoop
import JSON

/// What hooks left in files because no supervisor answered: one line each, a file for each session.
struct HookSpool: Sendable {
    let directory: String

    /// What was read, and the files that may be removed once it has had its effect.
    struct Taken: Sendable {
        /// By session, oldest first.
        var payloads: [String: [JSON]] = [:]
        fileprivate var files: [String] = []

        func remove() {
            for file in files { try? System.removeFile(file) }
        }
    }

    private static let suffix = ".jsonl"
    private static let takenSuffix = ".taken"

    /// - Parameter left: also what an earlier supervisor took and had no time to deal with; that comes first.
    func take(includingLeft left: Bool) -> Taken {
        var taken = Taken()
        let names = ((try? System.entries(of: directory)) ?? []).sorted()
        for name in names where left && name.hasSuffix(Self.takenSuffix) { read(directory + "/" + name, into: &taken) }
        for name in names where name.hasSuffix(Self.suffix) {
            let path = directory + "/" + name
            // A hook that appends now writes to the renamed file or to a new one, never to a removed one unseen.
            let renamed = "\(path).\(UInt64.random(in: 0 ... .max))\(Self.takenSuffix)"
            guard (try? System.rename(path, to: renamed)) != nil else { continue }
            read(renamed, into: &taken)
        }
        return taken
    }

    private func read(_ path: String, into taken: inout Taken) {
        guard let bytes = try? FileReader.contents(of: path, limit: 1 << 28) else { return }
        taken.files.append(path)
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let json = try? JSON(parsing: line), let session = json["session"]?.string, let payload = json["payload"] else { continue }
            taken.payloads[session, default: []].append(payload)
        }
    }
}
