import CodexAppServer
import JSON

/// Something that Codex wants to have decided, and how a decision is told (codex-cli 0.163.0).
struct CodexRequest: Sendable {
    let pending: PendingInput
    let request: ServerRequest

    private enum Kind {
        static let command = "item/commandExecution/requestApproval"
        static let fileChange = "item/fileChange/requestApproval"
        static let permissions = "item/permissions/requestApproval"
        static let questions = "item/tool/requestUserInput"
        static let elicitation = "mcpServer/elicitation/request"
    }

    /// What it is about; the server has told of the item before.
    var itemID: String? { request.parameters["itemId"]?.string }
    var turnID: String? { request.parameters["turnId"]?.string }

    /// - Parameter changes: of files, as the item has them.
    /// - Returns: nil for what nobody can be asked.
    init?(_ request: ServerRequest, since: Int64, changes: JSON? = nil) {
        self.request = request
        let parameters = request.parameters
        // The number alone comes again in the server's next life.
        let id = (parameters["itemId"]?.string).map { "\($0)-\(request.id.compact)" } ?? "request-\(request.id.compact)"
        func permission(_ tool: String, _ input: JSON, always: Bool) -> PendingInput {
            PendingInput(
                id: id, kind: .permission, tool: tool, input: input, questions: [], answerable: true, allowsAlways: always, since: since)
        }
        switch request.method {
        case Kind.command:
            pending = permission("exec_command", parameters.keeping("command", "cwd", "reason"), always: true)
        case Kind.fileChange:
            var input = parameters.keeping("reason", "grantRoot")
            if let changes {
                input["file_path"] = .string((changes.array ?? []).compactMap { $0["path"]?.string }.joined(separator: ", "))
                input["changes"] = changes
            }
            pending = permission("apply_patch", input, always: true)
        case Kind.permissions:
            pending = permission("request_permissions", parameters.keeping("permissions", "reason"), always: true)
        case Kind.elicitation:
            pending = permission(
                "\(parameters["serverName"]?.string ?? "an MCP server")", parameters.keeping("message", "title", "description", "url"), always: false)
        case Kind.questions:
            pending = PendingInput(
                id: id, kind: .question, tool: "request_user_input", input: parameters.keeping("questions"),
                questions: Self.questions(in: parameters), answerable: true, since: since)
        default:
            return nil
        }
    }

    private static func questions(in parameters: JSON) -> [PendingInput.Question] {
        (parameters["questions"]?.array ?? []).map { question in
            PendingInput.Question(
                text: question["question"]?.string ?? "", header: question["header"]?.string,
                options: (question["options"]?.array ?? []).map {
                    PendingInput.Option(label: $0["label"]?.string ?? "", description: $0["description"]?.string)
                },
                multiSelect: false)
        }
    }

    /// What the server is told.
    func result(of response: InputResponse) -> JSON {
        switch (request.method, response) {
        case (Kind.questions, .answer(let answers)):
            let names = (request.parameters["questions"]?.array ?? []).map { $0["id"]?.string ?? "" }
            return ["answers": .object(JSON.Object(zip(names, answers).map { ($0, ["answers": [.string($1)]]) }))]
        case (Kind.questions, _):
            return ["answers": [:]]
        case (Kind.elicitation, .deny): return ["action": "decline"]
        case (Kind.elicitation, _): return ["action": "accept", "content": [:]]
        case (Kind.permissions, .deny): return ["permissions": [:]]
        case (Kind.permissions, .allowAlways):
            return ["permissions": request.parameters["permissions"] ?? [:], "scope": "session"]
        case (Kind.permissions, _): return ["permissions": request.parameters["permissions"] ?? [:]]
        case (_, .deny): return ["decision": "decline"]
        case (_, .allowAlways): return ["decision": "acceptForSession"]
        case (_, _): return ["decision": "accept"]
        }
    }
}

extension JSON {
    /// The members of these names that are there and not null.
    fileprivate func keeping(_ names: String...) -> JSON {
        .object(JSON.Object(names.compactMap { name in self[name].flatMap { $0.isNull ? nil : (name, $0) } }))
    }
}
