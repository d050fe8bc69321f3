import CLibuv

/// A numeric internet address with a port.
struct SocketAddress {
    private var storage = sockaddr_storage()

    init(host: String, port: Int) throws(EventLoopError) {
        let operation = "reading the address \(host):\(port)"
        guard let port = UInt16(exactly: port) else { throw EventLoopError(.invalid, operation) }
        let status = withUnsafeMutablePointer(to: &storage) { storage in
            let raw = UnsafeMutableRawPointer(storage)
            return host.contains(":")
                ? uv_ip6_addr(host, Int32(port), raw.assumingMemoryBound(to: sockaddr_in6.self))
                : uv_ip4_addr(host, Int32(port), raw.assumingMemoryBound(to: sockaddr_in.self))
        }
        guard status == 0 else { throw EventLoopError(operation, status: status) }
    }

    /// The address that a listener got.
    init(of listener: UnsafeMutablePointer<uv_tcp_t>) throws(EventLoopError) {
        var length = Int32(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) {
            uv_tcp_getsockname(listener, UnsafeMutableRawPointer($0).assumingMemoryBound(to: sockaddr.self), &length)
        }
        guard status == 0 else { throw EventLoopError("asking for a listener's port", status: status) }
    }

    /// Stands at the same place in addresses of both versions, in network order.
    var port: Int {
        withUnsafeBytes(of: storage) { Int($0[2]) << 8 | Int($0[3]) }
    }

    mutating func withPointer(_ body: (UnsafePointer<sockaddr>) -> Int32) -> Int32 {
        withUnsafePointer(to: &storage) {
            body(UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self))
        }
    }
}
