import CLibuv

/// One piece of work on libuv's pool of threads. Retained by the loop until it has come back.
final class OffloadedWork: Hashable {
    private let request = UnsafeMutablePointer<uv_work_t>.allocate(capacity: 1)
    private let body: @Sendable () -> Void
    private let finished: (Int32) -> Void

    /// - Parameters:
    ///   - body: runs on a thread of the pool.
    ///   - finished: runs on the loop's thread, with 0 or the reason why `body` did not run.
    init(_ body: @escaping @Sendable () -> Void, finished: @escaping (Int32) -> Void) {
        self.body = body
        self.finished = finished
    }

    deinit { request.deallocate() }

    func queue(on loop: EventLoop) {
        guard !loop.isClosing else { return finished(-ECANCELED) }
        loop.works.insert(self)
        request.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        uv_queue_work(loop.raw, request, { OffloadedWork.of($0).body() }) { request, status in
            let work = OffloadedWork.of(request)
            EventLoop.of(request!.pointee.loop).works.remove(work)
            work.finished(status)
        }
    }

    /// Has an effect while no thread has taken it.
    func cancel() {
        uv_cancel(UnsafeMutableRawPointer(request).assumingMemoryBound(to: uv_req_t.self))
    }

    private static func of(_ request: UnsafeMutablePointer<uv_work_t>!) -> OffloadedWork {
        Unmanaged<OffloadedWork>.fromOpaque(request.pointee.data).takeUnretainedValue()
    }

    static func == (one: OffloadedWork, other: OffloadedWork) -> Bool { one === other }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
