import JSON
import TestSupport

/// What went over one or more connections to the real Codex.
struct Recording {
    struct Frame {
        let connection: String
        let isSent: Bool
        let json: JSON
    }

    /// A request of the client's, with its answer if there was one.
    struct Call {
        let method: String
        let parameters: JSON
        let answer: JSON
    }

    let frames: [Frame]
    /// Requests that were too long to be kept.
    let missingRequests: Int

    init(_ name: String) throws {
        let lines = try Package.fixture("CodexAppServerTests/Fixtures/frames/\(name).jsonl").split(separator: UInt8(ascii: "\n"))
            .map { try JSON(parsing: $0) }
            .filter { ["in", "out"].contains($0["dir"]?.string) }
        missingRequests = lines.count { $0["dir"] == "out" && $0["frame"]?["TRIMMED"] != nil }
        frames = lines.compactMap { line in
            guard let frame = line["frame"], frame["TRIMMED"] == nil else { return nil }
            return Frame(connection: line["conn"]?.string ?? "", isSent: line["dir"] == "out", json: frame)
        }
    }

    var calls: [Call] {
        var open: [String: JSON] = [:]
        var calls: [Call] = []
        for frame in frames {
            guard let id = frame.json["id"] else { continue }
            let key = "\(frame.connection) \(id.compact)"
            if frame.isSent {
                if frame.json["method"] != nil { open[key] = frame.json }
            } else if frame.json["method"] == nil, let request = open.removeValue(forKey: key) {
                calls.append(Call(method: request["method"]?.string ?? "", parameters: request["params"] ?? [:], answer: frame.json))
            }
        }
        return calls
    }
}
