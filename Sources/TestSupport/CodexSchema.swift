import EventLoop
import JSON

/// The app-server's protocol as the real Codex prints it (`codex app-server generate-json-schema`), to hold our own
/// types against.
public struct CodexSchema: Sendable {
    /// Who sends a message, and whether it is answered.
    public enum Kind: String, Sendable {
        case clientRequest = "ClientRequest"
        case serverRequest = "ServerRequest"
        case serverNotification = "ServerNotification"
    }

    /// A place in the schema.
    public struct Node: Sendable {
        let json: JSON
    }

    private let definitions: JSON

    /// Of the installed Codex, experimental methods and fields included; printed once in each test process.
    public static func installed() async throws -> CodexSchema { try await printed.value }

    private static let printed = Task {
        let home = try TemporaryHome()
        var environment = home.environment()
        environment["CODEX_HOME"] = home.path
        let printing = try await Command(
            RealAgents.requireCodex(), ["app-server", "generate-json-schema", "--experimental", "--out", home.path + "/schema"],
            environment: environment
        ).run()
        guard printing.isSuccess else { throw TestSupportError(.commandFailed, "no schema was printed: \(printing.errorText)") }
        let json = try JSON(parsing: System.readFile(home.path + "/schema/codex_app_server_protocol.schemas.json"))
        return CodexSchema(definitions: json["definitions"] ?? [:])
    }

    // MARK: Methods

    /// All methods of this kind.
    public func methods(_ kind: Kind) -> Set<String> {
        Set(variants(kind).compactMap { $0["properties"]?["method"]?["enum"]?[0]?.string })
    }

    /// What a message of this method carries.
    /// - Throws: `TestSupportError` when there is no such method.
    public func parameters(of method: String, _ kind: Kind) throws -> Node {
        Node(json: ["$ref": .string(try reference(method, kind))])
    }

    /// What such a request is answered with.
    public func result(of method: String, _ kind: Kind) throws -> Node {
        let reference = try reference(method, kind)
        guard reference.hasSuffix("Params") else {
            throw TestSupportError(.missing, "the parameters of \(method) are called \(reference)")
        }
        return Node(json: ["$ref": .string(reference.dropLast("Params".count) + "Response")])
    }

    private func variants(_ kind: Kind) -> [JSON] { definitions[kind.rawValue]?["oneOf"]?.array ?? [] }

    private func reference(_ method: String, _ kind: Kind) throws -> String {
        let variant = variants(kind).first { $0["properties"]?["method"]?["enum"]?[0]?.string == method }
        guard let reference = variant?["properties"]?["params"]?["$ref"]?.string else {
            throw TestSupportError(.missing, "the schema has no \(kind) \(method)")
        }
        return reference
    }

    private func resolve(_ reference: String) -> JSON? {
        reference.split(separator: "/").dropFirst(2).reduce(definitions as JSON?) { $0?[String($1)] }
    }

    // MARK: Fields

    /// What can stand at a place: references followed, alternatives taken apart.
    private func shapes(_ node: JSON) -> [JSON] {
        if let reference = node["$ref"]?.string { return resolve(reference).map(shapes) ?? [] }
        if let parts = node["allOf"]?.array, parts.count == 1 { return shapes(parts[0]) }
        if let alternatives = alternatives(node) { return alternatives.flatMap(shapes) }
        return [node]
    }

    /// Each with the fields that they have in common.
    private func alternatives(_ node: JSON) -> [JSON]? {
        guard let alternatives = (node["anyOf"] ?? node["oneOf"])?.array else { return nil }
        guard let common = node["properties"]?.object else { return alternatives }
        return alternatives.map { alternative in
            var shape = alternative["$ref"]?.string.flatMap(resolve) ?? alternative
            shape["properties"] = .object(JSON.Object((shape["properties"]?.object ?? [:]).map { ($0.key, $0.value) } + common.map { ($0.key, $0.value) }))
            shape["required"] = .array((shape["required"]?.array ?? []) + (node["required"]?.array ?? []))
            return shape
        }
    }

    private func isNull(_ shape: JSON) -> Bool { types(shape).contains("null") }

    private func types(_ shape: JSON) -> [String] {
        shape["type"]?.array.map { $0.compactMap(\.string) } ?? shape["type"]?.string.map { [$0] } ?? []
    }

    /// Why a value at `path` could not be read; nil when it can.
    ///
    /// A path is written as `data[].status?.type`: the name of each field, with `?` where the reader does without, and
    /// `[]` for an array's elements.
    public func problem(reading path: String, of node: Node) -> String? {
        var shapes = shapes(node.json)
        for step in path.split(separator: ".") {
            let isOptional = step.contains("?")
            let name = step.prefix { $0 != "?" && $0 != "[" }
            let objects = shapes.filter { $0["properties"] != nil }
            let fields = objects.compactMap { $0["properties"]?[String(name)] }
            guard !fields.isEmpty else { return "\(path): there is no \(name)" }
            if !isOptional {
                guard objects.allSatisfy({ $0["required"]?.array?.contains(.string(String(name))) == true }) else {
                    return "\(path): \(name) can be missing"
                }
                guard !fields.flatMap(self.shapes).contains(where: isNull) else { return "\(path): \(name) can be null" }
            }
            shapes = fields.flatMap(self.shapes)
            if step.hasSuffix("[]") {
                shapes = shapes.compactMap { $0["items"] }.flatMap(self.shapes)
                guard !shapes.isEmpty else { return "\(path): \(name) is no array" }
            }
        }
        return nil
    }

    /// The words that can stand at `path`, which is written as for ``problem(reading:of:)``.
    public func words(at path: String, of node: Node) -> Set<String> {
        var shapes = shapes(node.json)
        for step in path.split(separator: ".") {
            let name = String(step.prefix { $0 != "?" && $0 != "[" })
            shapes = shapes.compactMap { $0["properties"]?[name] }.flatMap(self.shapes)
            if step.hasSuffix("[]") { shapes = shapes.compactMap { $0["items"] }.flatMap(self.shapes) }
        }
        return Set(shapes.flatMap { $0["enum"]?.array ?? [] }.compactMap(\.string))
    }

    // MARK: Values

    /// What is wrong with a value that is to be sent, fields that the schema does not know included.
    public func problems(sending value: JSON, as node: Node) -> [String] { problems(value, node.json, at: "") }

    private func problems(_ value: JSON, _ schema: JSON, at path: String) -> [String] {
        if let reference = schema["$ref"]?.string {
            return resolve(reference).map { problems(value, $0, at: path) } ?? ["\(path): no \(reference)"]
        }
        if let parts = schema["allOf"]?.array { return parts.flatMap { problems(value, $0, at: path) } }
        if let alternatives = alternatives(schema) {
            let found = alternatives.map { problems(value, $0, at: path) }
            if found.contains([]) { return [] }
            return found.min { $0.count < $1.count } ?? []
        }
        if let words = schema["enum"]?.array, !words.contains(value) { return ["\(path): \(value.compact) is none of \(words.map(\.compact))"] }
        let types = types(schema)
        guard types.isEmpty || types.contains(where: { Self.matches(value, $0) }) else {
            return ["\(path): \(value.compact) is no \(types)"]
        }
        if let elements = value.array, let items = schema["items"] {
            return elements.enumerated().flatMap { problems($1, items, at: "\(path)[\($0)]") }
        }
        if let object = value.object { return problems(object, schema, at: path) }
        return []
    }

    private func problems(_ object: JSON.Object, _ schema: JSON, at path: String) -> [String] {
        let missing = (schema["required"]?.array ?? []).compactMap(\.string).filter { object[$0] == nil }
        return missing.map { "\(path): \($0) is missing" } + object.flatMap { name, value -> [String] in
            if let field = schema["properties"]?[name] { return problems(value, field, at: "\(path).\(name)") }
            switch schema["additionalProperties"] {
            case .bool(true): return []
            case let others? where others.object != nil: return problems(value, others, at: "\(path).\(name)")
            default: return ["\(path): there is no \(name)"]
            }
        }
    }

    private static func matches(_ value: JSON, _ type: String) -> Bool {
        switch value {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .number: type == "number" || type == "integer" && value.int != nil
        case .string: type == "string"
        case .array: type == "array"
        case .object: type == "object"
        }
    }
}
