/// What went wrong with the scripted model itself; the failures that it plays are none of these.
public struct ScriptedModelError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        case cannotListen
        case noSuchRequest
        case stopped
    }

    public let code: Code
    public let message: String
    public var description: String { message }
}
