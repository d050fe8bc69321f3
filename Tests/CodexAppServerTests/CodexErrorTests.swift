import Testing
@testable import CodexAppServer

@Suite struct CodexErrorTests {
    @Test("an error says what was being done and why it failed")
    func description() {
        let error = CodexError(.timedOut, while: "thread/start", reason: "no answer within 5 seconds")
        #expect("\(error)" == "thread/start: no answer within 5 seconds")
    }
}
