import JSON

/// One line of the protocol: a request, a response or a notification of JSON-RPC 2.0.
public enum Envelope: Sendable {
    case request(id: Int64, method: String, parameters: JSON)
    case notification(method: String, parameters: JSON)
    case result(id: Int64, JSON)
    case failure(id: Int64?, ControlError)

    /// Reads one line.
    /// - Throws: ``ControlError`` with `.parseError` or `.invalidRequest`.
    public init(line: some Collection<UInt8>) throws(ControlError) {
        let json: JSON
        do {
            json = try JSON(parsing: line)
        } catch {
            throw ControlError(.parseError, "not a line of JSON: \(error)")
        }
        let id = json["id"]?.int.map(Int64.init)
        if let method = json["method"]?.string {
            let parameters = json["params"] ?? .object([:])
            self = id.map { .request(id: $0, method: method, parameters: parameters) }
                ?? .notification(method: method, parameters: parameters)
        } else if let error = json["error"] {
            self = .failure(id: id, ControlError(response: error))
        } else if let id, let result = json["result"] {
            self = .result(id: id, result)
        } else {
            throw ControlError(.invalidRequest, "neither a request nor a response")
        }
    }

    /// The line to write, with its line feed.
    public var line: [UInt8] {
        var object: JSON.Object = ["jsonrpc": "2.0"]
        switch self {
        case .request(let id, let method, let parameters):
            object["id"] = .number(JSON.Number(Int(id)))
            object["method"] = .string(method)
            object["params"] = parameters
        case .notification(let method, let parameters):
            object["method"] = .string(method)
            object["params"] = parameters
        case .result(let id, let result):
            object["id"] = .number(JSON.Number(Int(id)))
            object["result"] = result
        case .failure(let id, let error):
            object["id"] = id.map { .number(JSON.Number(Int($0))) } ?? .null
            object["error"] = error.response
        }
        return JSON.object(object).bytes + [UInt8(ascii: "\n")]
    }
}

extension ControlError {
    fileprivate init(response: JSON) {
        self.init(
            Code(rawValue: response["code"]?.int ?? Code.internalError.rawValue),
            response["message"]?.string ?? "unknown error",
            exitCode: response["data"]?["exitCode"]?.int.map(Int32.init) ?? 1)
    }

    fileprivate var response: JSON {
        ["code": .number(JSON.Number(code.rawValue)), "message": .string(message),
         "data": ["exitCode": .number(JSON.Number(Int(exitCode)))]]
    }
}
