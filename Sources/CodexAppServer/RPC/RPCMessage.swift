import JSON

/// One message of JSON-RPC as the Codex app-server speaks it: without `"jsonrpc"`, one object in each frame.
enum RPCMessage: Sendable, Hashable {
    /// From the server, whose ids are its own and collide with ours: what has a `method` is never a response.
    case request(id: JSON, method: String, parameters: JSON)
    case notification(method: String, parameters: JSON)
    case response(id: Int, result: JSON)
    case failure(id: Int, CodexError.Response)
    /// Valid JSON that is none of these: a later version's, and passed over.
    case unknown(JSON)

    init(_ json: JSON) {
        // A `nil` alone would be JSON's null.
        let id = json["id"].flatMap { $0.isNull ? JSON?.none : $0 }
        if let method = json["method"]?.string {
            let parameters = json["params"] ?? [:]
            self = id.map { .request(id: $0, method: method, parameters: parameters) }
                ?? .notification(method: method, parameters: parameters)
        } else if let id = id?.int, let error = json["error"], !error.isNull {
            self = .failure(id: id, CodexError.Response(
                code: error["code"]?.int ?? 0, message: error["message"]?.string ?? error.compact, data: error["data"]))
        } else if let id = id?.int, let result = json["result"] {
            self = .response(id: id, result: result)
        } else {
            self = .unknown(json)
        }
    }

    // MARK: What is sent

    static func request(id: Int, method: String, parameters: JSON) -> [UInt8] {
        JSON.object(["id": JSON(id), "method": .string(method), "params": parameters]).bytes
    }

    static func notification(method: String, parameters: JSON) -> [UInt8] {
        JSON.object(["method": .string(method), "params": parameters]).bytes
    }

    static func response(id: JSON, result: JSON) -> [UInt8] {
        JSON.object(["id": id, "result": result]).bytes
    }

    static func failure(id: JSON, _ error: CodexError.Response) -> [UInt8] {
        JSON.object(["id": id, "error": ["code": JSON(error.code), "message": .string(error.message)]]).bytes
    }
}
