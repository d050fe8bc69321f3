#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The numbers of the signals that this program sends or takes.
public enum Signal {
    public static let hangup = SIGHUP
    public static let interrupt = SIGINT
    public static let terminate = SIGTERM
    public static let kill = SIGKILL
}
