/// Times as they are stored: milliseconds since 1970.
public enum Timestamp {
    public static func now() -> Int64 {
        let time = System.wallClock()
        return Int64(time.seconds) * 1000 + Int64(time.nanoseconds) / 1_000_000
    }
}

extension Duration {
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
