/// A lock that one process on this machine holds at a time, and loses when it ends, however it ends.
///
/// It is on the file and not on its name: the file is made when there is none, and must never be removed.
public final class FileLock: Sendable {
    private let descriptor: Int32

    /// Waits until the lock is free: to be called where blocking is allowed.
    public init(waitingFor path: String) throws(EventLoopError) {
        descriptor = try System.openForLocking(path)
        do throws(EventLoopError) {
            _ = try System.lock(descriptor, waits: true, path)
        } catch {
            System.close(descriptor)
            throw error
        }
    }

    /// - Throws: `.inUse` when another holds it.
    public init(_ path: String) throws(EventLoopError) {
        descriptor = try System.openForLocking(path)
        do throws(EventLoopError) {
            guard try System.lock(descriptor, waits: false, path) else {
                throw EventLoopError(.inUse, "locking \(path)")
            }
        } catch {
            System.close(descriptor)
            throw error
        }
    }

    /// Released with the last reference.
    deinit { System.close(descriptor) }
}
