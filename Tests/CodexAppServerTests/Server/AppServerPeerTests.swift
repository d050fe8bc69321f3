import Testing

@testable import CodexAppServer

@Suite("The server's version")
struct AppServerPeerTests {
    @Test("it is found behind the name of the server's first client, whatever that is", arguments: [
        ("probe/0.163.0 (Debian 12.0.0; x86_64) unknown (rec; 0.1)", "0.163.0"),
        ("dev-sessions/0.164.0-alpha.2 (Mac OS 15.1; arm64) Apple_Terminal/455 (dev-sessions; 1.0)", "0.164.0-alpha.2"),
        ("Codex Desktop/0.163.0 (Debian 12.0.0; x86_64)", "0.163.0"),
        ("our/own/client/0.163.0 (Debian 12.0.0; x86_64)", "0.163.0"),
        ("codex/0.163.0", "0.163.0"), ("codex/0.163.0 unknown", "0.163.0"),
        ("codex/ (Debian)", nil), ("codex", nil), ("", nil),
    ] as [(String, String?)])
    func version(_ userAgent: String, _ version: String?) {
        #expect(AppServerPeer.version(userAgent: userAgent) == version)
    }
}
