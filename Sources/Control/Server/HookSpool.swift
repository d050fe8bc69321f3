import EventLoop
import JSON

/// What hooks left in files because no supervisor answered: one line each, a file for each session.
struct HookSpool: Sendable {
    let directory: String

    /// Reads and removes everything, by session, oldest first.
    func takeAll() -> [String: [JSON]] {
        var payloads: [String: [JSON]] = [:]
        for name in (try? System.entries(of: directory)) ?? [] where name.hasSuffix(".jsonl") {
            let path = directory + "/" + name
            // A hook that appends now writes to the renamed file or to a new one, never to a removed one unseen.
            let taken = path + ".taken"
            guard (try? System.rename(path, to: taken)) != nil,
                  let bytes = try? FileReader.contents(of: taken, limit: 1 << 28)
            else { continue }
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                guard let json = try? JSON(parsing: line), let session = json["session"]?.string, let payload = json["payload"] else { continue }
                payloads[session, default: []].append(payload)
            }
            try? System.removeFile(taken)
        }
        return payloads
    }
}
