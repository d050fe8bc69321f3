import EventLoop
import JSON

public actor SessionsFile {
 public nonisolated let loop: EventLoop
 public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
 public init(loop: EventLoop, path: String) { self.loop = loop }
 public enum Change: Sendable { case upsert(SessionRecord), remove(String) }
 public enum ForeignChange: Sendable { case removed(String), added(SessionRecord), changed(SessionRecord) }
 public nonisolated func enqueue(_ c: Change) {}
 public func flush() async throws {}
 public func takeWarnings() -> [String] { [] }
 public func foreignChanges() async throws -> [ForeignChange] { [] }
}

