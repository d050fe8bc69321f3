/// The head of an HTTP/1.1 response, and the short body of one that refuses.
struct UpgradeResponse {
    enum Progress: Equatable {
        case incomplete
        /// Everything is there; the rest belongs to what comes after HTTP.
        case complete(rest: [UInt8])
    }

    /// In bytes. Codex 0.163 answers with some 250.
    static let maximumHead = 16 << 10
    /// What is kept of the text of a refusal, in bytes.
    static let maximumBody = 4 << 10

    private(set) var status: Int?
    private(set) var body: [UInt8] = []
    private var head: [UInt8] = []
    private var headers: [(name: String, value: String)] = []

    mutating func receive(_ bytes: [UInt8], _ operation: String) throws(CodexError) -> Progress {
        if status == nil {
            let searchStart = max(0, head.count - 3)
            head += bytes
            guard let end = Self.endOfHead(head, from: searchStart) else {
                guard head.count <= Self.maximumHead else { throw malformed("has a head of more than 16 KiB", operation) }
                return .incomplete
            }
            let rest = Array(head[end...])
            try parse(head[..<(end - 4)], operation)
            head = []
            return status == 101 ? .complete(rest: rest) : addBody(rest)
        }
        return addBody(bytes)
    }

    private mutating func addBody(_ bytes: [UInt8]) -> Progress {
        body += bytes.prefix(Self.maximumBody - body.count)
        // Without a length the body goes on to the end of the connection.
        let length = values(of: "content-length").first.flatMap { Int($0) } ?? .max
        return body.count >= min(length, Self.maximumBody) ? .complete(rest: []) : .incomplete
    }

    private static func endOfHead(_ bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (start...(bytes.count - 4)).first { bytes[$0..<$0 + 4].elementsEqual("\r\n\r\n".utf8) }.map { $0 + 4 }
    }

    private mutating func parse(_ head: ArraySlice<UInt8>, _ operation: String) throws(CodexError) {
        guard let text = String(validating: head, as: UTF8.self) else { throw malformed("is not text", operation) }
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map {
            String($0.last == "\r" ? $0.dropLast() : $0)
        }
        let statusLine = lines.removeFirst().split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard statusLine.count >= 2, statusLine[0] == "HTTP/1.1", statusLine[1].utf8.count == 3, let status = Int(statusLine[1]),
            (100...599).contains(status)
        else { throw malformed("is not HTTP/1.1", operation) }
        for line in lines {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex, !line[..<colon].contains(where: \.isWhitespace)
            else { throw malformed("has a header without a name", operation) }
            let value = line[line.index(after: colon)...].trimmingPrefix(while: \.isWhitespace)
            headers.append((line[..<colon].lowercased(), String(value.reversed().trimmingPrefix(while: \.isWhitespace).reversed())))
        }
        self.status = status
    }

    /// - Parameter name: in small letters.
    func values(of name: String) -> [String] {
        headers.filter { $0.name == name }.map(\.value)
    }

    /// The elements of a header that is a list, in small letters.
    func tokens(of name: String) -> [String] {
        values(of: name).flatMap { $0.lowercased().split(separator: ",") }.map { $0.filter { !$0.isWhitespace } }
    }

    private func malformed(_ what: String, _ operation: String) -> CodexError {
        CodexError(.protocolViolation, while: operation, reason: "the server's answer \(what)")
    }
}
