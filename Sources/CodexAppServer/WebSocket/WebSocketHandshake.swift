import Foundation

/// The upgrade from HTTP/1.1 that opens a WebSocket, as RFC 6455 section 4.1 asks of a client.
///
/// Pure: gives the request's bytes, and takes the response's, in pieces of any size.
struct WebSocketHandshake {
    enum Progress: Equatable {
        case incomplete
        /// The connection is a WebSocket now, and these are its first bytes.
        case open(rest: [UInt8])
        case failed(CodexError)
    }

    private let key: String
    private let operation: String
    private var response = UpgradeResponse()

    /// - Parameter operation: for errors, such as `connecting to ws://127.0.0.1:80`.
    init(operation: String) {
        var generator = SystemRandomNumberGenerator()
        self.init(operation: operation, nonce: (0..<16).map { _ in generator.next() })
    }

    init(operation: String, nonce: [UInt8]) {
        self.operation = operation
        key = Data(nonce).base64EncodedString()
    }

    /// No `Origin`: Codex 0.163 refuses each one, as only browsers send it.
    /// - Throws: `.unauthorized` for a token that no header can hold.
    func request(authority: String, bearerToken: String?) throws(CodexError) -> [UInt8] {
        var lines = [
            "GET / HTTP/1.1", "Host: \(authority)", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Key: \(key)", "Sec-WebSocket-Version: 13",
        ]
        if let bearerToken {
            guard !bearerToken.isEmpty, bearerToken.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw CodexError(
                    .unauthorized, while: operation, reason: "the token is empty or has characters other than visible ASCII")
            }
            lines.append("Authorization: Bearer \(bearerToken)")
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// What the server has to answer to the key.
    var expectedAccept: String {
        Data(SHA1.digest(of: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))).base64EncodedString()
    }

    mutating func receive(_ bytes: [UInt8]) -> Progress {
        do throws(CodexError) {
            switch try response.receive(bytes, operation) {
            case .incomplete:
                return .incomplete
            case .complete(let rest):
                try check()
                return .open(rest: rest)
            }
        } catch {
            return .failed(error)
        }
    }

    /// The connection ended: a refusal need not say how long its text is.
    func end(_ reason: String) -> Progress {
        .failed(refusal ?? CodexError(.connectionLost, while: operation, reason: "\(reason) during the handshake"))
    }

    /// What is known of a refusal, although its text is not complete.
    var refusal: CodexError? {
        guard let status = response.status, status != 101 else { return nil }
        return refusal(status)
    }

    private func refusal(_ status: Int) -> CodexError {
        let body = String(decoding: response.body, as: UTF8.self)
        return CodexError(
            status == 401 || status == 403 ? .unauthorized : .protocolViolation, while: operation,
            reason: body.isEmpty ? "the server answered with HTTP status \(status)" : body)
    }

    private func check() throws(CodexError) {
        if let refusal { throw refusal }
        guard response.values(of: "upgrade").map({ $0.lowercased() }) == ["websocket"] else {
            throw violation("does not upgrade to WebSocket")
        }
        guard response.tokens(of: "connection").contains("upgrade") else {
            throw violation("has no “Connection: Upgrade”")
        }
        guard response.values(of: "sec-websocket-accept") == [expectedAccept] else {
            throw violation("has another Sec-WebSocket-Accept than follows from the key")
        }
        for header in ["sec-websocket-extensions", "sec-websocket-protocol"]
        where response.values(of: header).contains(where: { !$0.isEmpty }) {
            throw violation("has a \(header) that was not asked for")
        }
    }

    private func violation(_ what: String) -> CodexError {
        CodexError(.protocolViolation, while: operation, reason: "the server's answer \(what)")
    }
}
