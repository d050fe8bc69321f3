import JSON
import Testing

@testable import CodexAppServer

@Suite("Messages of the app-server")
struct RPCMessageTests {
    @Test("what has a method is never an answer, though its number may be that of a request of ours")
    func requestOfTheServer() throws {
        let text = #"{"id":0,"method":"item/commandExecution/requestApproval","params":{"threadId":"t"}}"#
        #expect(RPCMessage(try JSON(parsing: text)) == .request(id: 0, method: "item/commandExecution/requestApproval", parameters: ["threadId": "t"]))
        #expect(RPCMessage(["id": 1, "method": "m", "params": [:], "result": [:]]) == .request(id: 1, method: "m", parameters: [:]))
        #expect(RPCMessage(["id": "text", "method": "m", "params": [:]]) == .request(id: "text", method: "m", parameters: [:]))
    }

    @Test("a message without a number is a notification, with all its fields, also those of a later version")
    func notification() {
        let parameters: JSON = ["threadId": "t", "mood": ["since": 1.50]]
        #expect(RPCMessage(["method": "thread/mood", "params": parameters, "emittedAtMs": 1]) == .notification(method: "thread/mood", parameters: parameters))
        #expect(RPCMessage(["method": "m", "id": nil]) == .notification(method: "m", parameters: [:]))
    }

    @Test("an answer is told from a refusal, also where the one that is not meant is null")
    func answers() {
        #expect(RPCMessage(["id": 7, "result": ["a": 1]]) == .response(id: 7, result: ["a": 1]))
        #expect(RPCMessage(["id": 7, "result": nil]) == .response(id: 7, result: nil))
        #expect(RPCMessage(["id": 7, "result": [:], "error": nil]) == .response(id: 7, result: [:]))
        let error: JSON = ["code": -32602, "message": "too long", "data": ["input_error_code": "input_too_large"]]
        let response = CodexError.Response(code: -32602, message: "too long", data: ["input_error_code": "input_too_large"])
        #expect(RPCMessage(["id": 7, "error": error]) == .failure(id: 7, response))
        #expect(RPCMessage(["id": 7, "error": error, "result": nil]) == .failure(id: 7, response))
    }

    @Test("what is none of these is kept as it came", arguments: [
        [], [["id": 1, "result": [:]]], 7, nil, "text", [:], ["id": 7], ["id": "seven", "result": [:]], ["id": 1.5, "result": [:]], ["result": [:]],
    ] as [JSON])
    func unknown(_ json: JSON) {
        #expect(RPCMessage(json) == .unknown(json))
    }

    @Test("what is sent is one object, and always has parameters")
    func sent() {
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        #expect(text(RPCMessage.request(id: 3, method: "a", parameters: ["b": 1])) == #"{"id":3,"method":"a","params":{"b":1}}"#)
        #expect(text(RPCMessage.notification(method: "initialized", parameters: [:])) == #"{"method":"initialized","params":{}}"#)
        #expect(text(RPCMessage.response(id: 0, result: ["decision": "accept"])) == #"{"id":0,"result":{"decision":"accept"}}"#)
        #expect(text(RPCMessage.failure(id: "x", .init(code: -32601, message: "no"))) == #"{"id":"x","error":{"code":-32601,"message":"no"}}"#)
    }
}
