#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The numbers of the signals that this program and its tests send or take.
public enum Signal {
    public static let hangup = SIGHUP
    public static let interrupt = SIGINT
    public static let terminate = SIGTERM
    public static let kill = SIGKILL
    /// Stops a process until it is sent ``proceed``.
    public static let stop = SIGSTOP
    public static let proceed = SIGCONT
}
