/// Text for arguments in which tmux expands formats, such as a start directory.
public enum TmuxFormat {
    /// The format that expands to `text`.
    ///
    /// `##` stands for `#`, but tmux leaves a run of `#` before `[` as it is (3.3a).
    public static func literal(_ text: String) -> String {
        var result = ""
        var hashes = 0
        for character in text.unicodeScalars {
            if character == "#" {
                hashes += 1
                continue
            }
            appendHashes(character == "[" ? hashes : hashes * 2, to: &result)
            hashes = 0
            result.unicodeScalars.append(character)
        }
        appendHashes(hashes * 2, to: &result)
        return result
    }

    private static func appendHashes(_ count: Int, to text: inout String) {
        text += String(repeating: "#", count: count)
    }
}
