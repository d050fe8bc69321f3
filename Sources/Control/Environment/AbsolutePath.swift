/// Paths made absolute by their text alone: symbolic links stay as they are, as in the npm tool.
public enum AbsolutePath {
    /// - Parameter directory: absolute.
    /// - Returns: `path` from the root, without `.`, `..`, doubled or trailing slashes.
    public static func resolve(_ path: String, against directory: String) -> String {
        var components: [Substring] = []
        for component in (path.hasPrefix("/") ? path : "\(directory)/\(path)").split(separator: "/") {
            switch component {
            case ".": continue
            case "..": _ = components.popLast()
            default: components.append(component)
            }
        }
        return "/" + components.joined(separator: "/")
    }
}
