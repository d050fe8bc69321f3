import JSON

extension SessionRecord {
    /// Takes a record from a file as the npm tool does; nil for one that it would ignore.
    ///
    /// Values count, not what they mean: a time need not be one, and a field that is `null` is not absent.
    init?(validating json: JSON) {
        guard let fields = json.object,
              Self.required.allSatisfy({ key, isValid in fields[key].map(isValid) ?? false }),
              Self.optional.allSatisfy({ key, isValid in fields[key].map(isValid) ?? true })
        else { return nil }
        self.init(fields: fields)
    }

    private typealias Rule = (key: String, isValid: @Sendable (JSON) -> Bool)

    private static let required: [Rule] = [
        ("championId", isString), ("internalId", isString), ("path", isString), ("createdAt", isString),
        ("lastUsed", isString), ("cli", isOne(of: "claude", "codex")), ("mode", isOne(of: "native", "docker")),
        ("status", isOne(of: "active", "inactive")),
    ]

    private static let optional: [Rule] = [
        ("host", isString), ("remoteBin", isString), ("description", isString), ("model", isString),
        ("codexActiveTurnId", isString), ("codexLastCompletedAt", isString), ("lastTurnError", isString),
        ("appServerPid", isInteger), ("appServerPort", isInteger), ("codexTurnInProgress", { $0.bool != nil }),
        ("lastTurnStatus", isOne(of: "completed", "failed", "interrupted")),
        ("lastAssistantMessages", { $0.array?.allSatisfy(isString) ?? false }),
    ]

    @Sendable private static func isString(_ json: JSON) -> Bool { json.string != nil }

    /// JavaScript's integers: `5.0` is one.
    @Sendable private static func isInteger(_ json: JSON) -> Bool {
        json.double.map { $0 == $0.rounded() && $0.isFinite } ?? false
    }

    private static func isOne(of words: String...) -> @Sendable (JSON) -> Bool {
        { json in json.string.map(words.contains) ?? false }
    }
}
