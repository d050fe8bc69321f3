import Testing

@testable import CodexAppServer

@Suite("The handshake of WebSocket")
struct HandshakeTests {
    /// The example of RFC 6455 section 1.3.
    static let nonce = Array("the sample nonce".utf8)
    static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    static let answer = [
        "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: \(accept)",
    ]

    static func bytes(_ lines: [String], body: String = "") -> [UInt8] {
        Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }

    private func handshake() -> WebSocketHandshake {
        WebSocketHandshake(operation: "connecting", nonce: Self.nonce)
    }

    private func progress(_ lines: [String], body: String = "") -> WebSocketHandshake.Progress {
        var handshake = handshake()
        return handshake.receive(Self.bytes(lines, body: body))
    }

    private func failure(_ progress: WebSocketHandshake.Progress) -> CodexError? {
        if case .failed(let error) = progress { error } else { nil }
    }

    @Test("the digests of FIPS 180 come out", arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
        (String(repeating: "a", count: 1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
    ])
    func digest(_ message: String, _ expected: String) {
        let digits = Array("0123456789abcdef")
        let hex = SHA1.digest(of: Array(message.utf8)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }
        #expect(String(hex) == expected)
    }

    @Test("the request is one of RFC 6455, without an Origin")
    func request() throws {
        let request = try handshake().request(authority: "127.0.0.1:7801", bearerToken: nil)
        #expect(
            String(decoding: request, as: UTF8.self) == """
                GET / HTTP/1.1\r
                Host: 127.0.0.1:7801\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                Sec-WebSocket-Version: 13\r
                \r

                """)
    }

    @Test("a token goes into its header, and nothing else does with it")
    func token() throws {
        let request = try handshake().request(authority: "localhost", bearerToken: "c2VjcmV0-._~+/=")
        #expect(String(decoding: request, as: UTF8.self).hasSuffix("\r\nAuthorization: Bearer c2VjcmV0-._~+/=\r\n\r\n"))
        for token in ["", "two words", "line\r\nOrigin: http://localhost", "ümlaut"] {
            let error = #expect(throws: CodexError.self) { try handshake().request(authority: "localhost", bearerToken: token) }
            #expect(error?.code == .unauthorized)
        }
    }

    @Test("keys are random")
    func keys() throws {
        let requests = try (0..<100).map { _ in
            try WebSocketHandshake(operation: "connecting").request(authority: "localhost", bearerToken: nil)
        }
        #expect(Set(requests).count == 100)
    }

    @Test("an answer is taken at every split, and what follows it is given back")
    func splits() {
        let rest: [UInt8] = [0x81, 2, 13, 10]
        let answer = Self.bytes(Self.answer) + rest
        for split in 0...answer.count {
            var handshake = handshake()
            var received: [UInt8] = []
            var isOpen = false
            for piece in [answer[..<split], answer[split...]] {
                if isOpen {
                    received += piece
                } else if case .open(let rest) = handshake.receive(Array(piece)) {
                    isOpen = true
                    received += rest
                }
            }
            #expect(isOpen, "split at \(split)")
            #expect(received == rest, "split at \(split)")
        }
    }

    @Test("an answer is taken byte by byte")
    func bytes() {
        var handshake = handshake()
        let answer = Self.bytes(Self.answer)
        for byte in answer.dropLast() { #expect(handshake.receive([byte]) == .incomplete) }
        #expect(handshake.receive([answer.last!]) == .open(rest: []))
    }

    @Test("names and lists are read as HTTP has them", arguments: [
        ["HTTP/1.1 101 ", "upgrade:WebSocket", "CONNECTION:keep-alive , UPGRADE", "sec-websocket-accept:  \(accept) \t"],
        ["HTTP/1.1 101", "Connection: keep-alive", "Connection: upgrade", "Upgrade: websocket", "Sec-WebSocket-Accept: \(accept)"],
        answer + ["x-codex-websocket-max-unfragmented-message-bytes: 16777216", "Date: Tue, 24 Nov 2026 23:49:22 GMT", "Empty:"],
        answer + ["Sec-WebSocket-Extensions:", "Sec-WebSocket-Protocol: "],
    ])
    func spellings(_ lines: [String]) {
        #expect(progress(lines) == .open(rest: []))
    }

    /// The right answer with one line replaced, left out, or added, and a word that the error has.
    static let wrongAnswers: [(lines: [String], word: String)] = [
        (changed(1, "Upgrade: h2c"), "upgrade"),
        (changed(1, nil), "upgrade"),
        (changed(1, "Upgrade: websocket2"), "upgrade"),
        (answer + ["Upgrade: websocket"], "upgrade"),
        (changed(2, nil), "Connection"),
        (changed(2, "Connection: close"), "Connection"),
        (changed(2, "Connection: Upgrader"), "Connection"),
        (changed(3, nil), "Accept"),
        (changed(3, "Sec-WebSocket-Accept: " + accept.lowercased()), "Accept"),
        (changed(3, "Sec-WebSocket-Accept:"), "Accept"),
        (answer + ["Sec-WebSocket-Accept: " + accept], "Accept"),
        (answer + ["Sec-WebSocket-Extensions: permessage-deflate"], "extensions"),
        (answer + ["Sec-WebSocket-Protocol: chat"], "protocol"),
        (changed(0, "HTTP/1.0 101 Switching Protocols"), "HTTP/1.1"),
        (changed(0, "HTTP/2 101"), "HTTP/1.1"),
        (changed(0, "HTTP/1.1 1010 Switching"), "HTTP/1.1"),
        (changed(0, "HTTP/1.1 +10 Switching"), "HTTP/1.1"),
        (["SSH-2.0-OpenSSH_9.2"], "HTTP/1.1"),
        ([""] + answer, "HTTP/1.1"),
        (answer + ["no colon"], "header"),
        (answer + [": no name"], "header"),
        (answer + ["Upgrade : websocket"], "header"),
        (answer + [" folded: line"], "header"),
    ]

    private static func changed(_ index: Int, _ line: String?) -> [String] {
        var lines = answer
        lines.replaceSubrange(index...index, with: line.map { [$0] } ?? [])
        return lines
    }

    @Test("an answer that is not a right upgrade is refused, and says why", arguments: wrongAnswers)
    func violations(_ lines: [String], _ word: String) {
        let error = failure(progress(lines))
        #expect(error?.code == .protocolViolation)
        #expect(error?.reason.contains(word) == true, "\(error as CodexError?)")
    }

    @Test("a head without an end is refused at 16 KiB, in whatever pieces")
    func endlessHead() {
        for size in [1, 1000, 100_000] {
            var handshake = handshake()
            var (progress, count) = (handshake.receive(Self.bytes(Self.answer).dropLast(4)), 0)
            while progress == .incomplete, count < 200_000 {
                progress = handshake.receive(Array(repeating: UInt8(ascii: "a"), count: size))
                count += size
            }
            #expect(failure(progress)?.code == .protocolViolation)
            #expect(count < 18_000 || size == 100_000)
        }
    }

    @Test("a head that is not UTF-8 is refused")
    func binaryHead() {
        var handshake = handshake()
        #expect(failure(handshake.receive([0xFF, 0xFE] + Self.bytes(Self.answer)))?.code == .protocolViolation)
    }

    @Test("a server that refuses is quoted, at every split", arguments: [
        (401, "missing websocket bearer token", CodexError.Code.unauthorized),
        (403, "no", .unauthorized), (404, "not here", .protocolViolation), (500, "broken", .protocolViolation),
        (200, "hello", .protocolViolation),
    ])
    func refusals(_ status: Int, _ text: String, _ code: CodexError.Code) {
        let answer = Self.bytes(["HTTP/1.1 \(status) Refused", "content-length: \(text.utf8.count)"], body: text)
        for split in 0..<answer.count {
            var handshake = handshake()
            #expect(handshake.receive(Array(answer[..<split])) == .incomplete)
            let error = failure(handshake.receive(Array(answer[split...])))
            #expect(error?.code == code)
            #expect(error?.reason == text)
        }
    }

    @Test("a refusal without a length ends with the connection, and one without text says its status")
    func refusalsToTheEnd() {
        var handshake = handshake()
        #expect(handshake.receive(Self.bytes(["HTTP/1.1 401 Unauthorized"], body: "who are ")) == .incomplete)
        #expect(handshake.refusal?.reason == "who are ")
        #expect(handshake.receive(Array("you?".utf8)) == .incomplete)
        #expect(failure(handshake.end("it ended"))?.reason == "who are you?")
        #expect(failure(progress(["HTTP/1.1 403 Forbidden", "Content-Length: 0"]))?.reason == "the server answered with HTTP status 403")
    }

    @Test("the text of a refusal is cut at 4 KiB")
    func longRefusal() {
        let error = failure(progress(["HTTP/1.1 400 Bad"], body: String(repeating: "x", count: 1 << 20)))
        #expect(error?.reason.count == 4096)
    }

    @Test("a connection that ends before the answer is lost")
    func earlyEnd() {
        var handshake = handshake()
        #expect(handshake.receive(Array("HTTP/1.1 401".utf8)) == .incomplete)
        #expect(failure(handshake.end("it ended"))?.code == .connectionLost)
    }
}
