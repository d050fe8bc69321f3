import Hummingbird
import JSON

/// Writes the events of one answer and numbers them.
struct ResponseEvents {
    private var writer: any ResponseBodyWriter
    private var count = 0

    init(_ writer: any ResponseBodyWriter) {
        self.writer = writer
    }

    @concurrent mutating func send(_ name: String, _ fields: JSON.Object) async throws {
        var event: JSON.Object = ["type": .string(name)]
        for (key, value) in fields { event[key] = value }
        event["sequence_number"] = .number(.init(count))
        count += 1
        try await writer.write(.event(name, .object(event)))
    }

    @concurrent mutating func finish() async throws {
        try await writer.finish(nil)
    }
}
