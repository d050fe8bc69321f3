import Foundation
import JSON

/// Makes a transcript as long as wanted: its second turn, which called a tool, gets more and more calls.
struct LongTranscript {
    private let head: [JSON]
    private let call: JSON
    private let result: JSON
    private let tail: [JSON]

    private static let outputLength = 4096
    private static let piece = 8 << 20

    /// - Parameter entries: of a conversation whose last turn was `TOOL …`.
    init(_ entries: [JSON]) throws {
        func block(_ entry: JSON) -> String? { entry["message"]?["content"]?[0]?["type"]?.string }
        guard let call = entries.lastIndex(where: { block($0) == "tool_use" }),
            let result = entries.lastIndex(where: { block($0) == "tool_result" }), call < result
        else { throw BenchmarkError("the transcript has no call of a tool") }
        head = Array(entries[..<call])
        (self.call, self.result) = (entries[call], entries[result])
        tail = Array(entries[(result + 1)...])
    }

    /// Writes about so many bytes.
    func write(to path: String, bytes size: Int) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path) else {
            throw BenchmarkError("\(path) cannot be written")
        }
        var buffer = Data()
        var written = 0
        func add(_ entry: JSON) { buffer += entry.bytes + [UInt8(ascii: "\n")] }
        func flush() throws {
            try file.write(contentsOf: buffer)
            written += buffer.count
            buffer.removeAll(keepingCapacity: true)
        }
        head.forEach(add)
        var pieceOfCalls = Data()
        let output = String(repeating: "output of a tool, in words. ", count: Self.outputLength / 28)
        while written + buffer.count < size {
            // Making every entry anew would take longer than what is measured.
            if pieceOfCalls.isEmpty {
                let start = buffer.count
                while buffer.count - start < min(size, Self.piece) { pair(output).forEach(add) }
                pieceOfCalls = buffer[start...]
            } else {
                buffer += pieceOfCalls
            }
            try flush()
        }
        tail.forEach(add)
        try flush()
        try file.close()
    }

    private func pair(_ output: String) -> [JSON] {
        let id = JSON.string("toolu_" + UUID().uuidString)
        var (call, result) = (call, result)
        call["uuid"] = .string(UUID().uuidString.lowercased())
        result["uuid"] = .string(UUID().uuidString.lowercased())
        if var block = call["message"]?["content"]?[0]?.object, var message = call["message"]?.object {
            block["id"] = id
            message["content"] = [.object(block)]
            call["message"] = .object(message)
        }
        if var message = result["message"]?.object {
            message["content"] = [["type": "tool_result", "tool_use_id": id, "content": .string(output)]]
            result["message"] = .object(message)
        }
        return [call, result]
    }
}
