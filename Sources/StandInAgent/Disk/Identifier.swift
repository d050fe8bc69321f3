/// Random names in the forms that Claude Code gives them.
enum Identifier {
    /// A version 4 UUID in lower case.
    static func unique() -> String {
        var digits = Array(hexadecimal(32))
        digits[12] = "4"
        digits[16] = "89ab".randomElement() ?? "8"
        for position in [20, 16, 12, 8] { digits.insert("-", at: position) }
        return String(digits)
    }

    static func message() -> String { "msg_" + hexadecimal(22) }
    static func request() -> String { "req_" + hexadecimal(16) }
    static func toolCall() -> String { "toolu_" + hexadecimal(22) }
    static func subagent() -> String { "a" + hexadecimal(16) }

    private static func hexadecimal(_ count: Int) -> String {
        String((0..<count).map { _ in "0123456789abcdef".randomElement() ?? "0" })
    }
}
