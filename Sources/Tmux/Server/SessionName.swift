/// Rules for names of sessions.
enum SessionName {
    /// tmux changes some characters of a name without a word (`.` and `:` become `_`) and gives others a
    /// meaning in a target; a session that is made under a name must be found under it.
    static func isCreatable(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default:
                    false
                }
            }
    }

    /// The target that means exactly this session, not one whose name begins so, even for a name that tmux
    /// changed when the session was made.
    static func target(_ name: String) -> String {
        "=" + String(name.map { $0 == "." || $0 == ":" ? "_" : $0 })
    }

    /// The same, where a command wants a window or a pane.
    static func windowTarget(_ name: String) -> String {
        target(name) + ":"
    }
}
