import Hummingbird
import JSON

extension ByteBuffer {
    /// A server-sent event.
    static func event(_ name: String, _ data: JSON) -> ByteBuffer {
        ByteBuffer(string: "event: \(name)\ndata: \(data.compact)\n\n")
    }
}
