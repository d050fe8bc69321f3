import Foundation

/// A class of characters by Unicode properties that Swift's own do not have, such as scripts.
struct ScalarClass: Sendable {
    private let expression: NSRegularExpression

    /// - Parameter set: what stands between the brackets of a regular expression, in ICU's spelling.
    init(_ set: String) {
        do {
            expression = try NSRegularExpression(pattern: "^[\(set)]$", options: .dotMatchesLineSeparators)
        } catch {
            preconditionFailure("[\(set)] is no set: \(error)")
        }
    }

    /// The characters of these scripts.
    static func scripts(_ names: String...) -> ScalarClass {
        ScalarClass(names.map { "\\p{Script=\($0)}" }.joined())
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let text = String(scalar)
        return expression.firstMatch(in: text, range: NSRange(location: 0, length: text.utf16.count)) != nil
    }

    func contains(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map(contains) ?? false
    }
}
