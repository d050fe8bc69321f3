@_spi(_Unicode) import Swift

extension String {
    /// Normalisation form C, which Claude Code 2.1.329 applies to messages. The standard library has it without
    /// Foundation, which would double the size of this program, but only behind this door.
    var composed: String { String(String.UnicodeScalarView(_nfc)) }
}
