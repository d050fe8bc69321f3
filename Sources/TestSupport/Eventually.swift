/// Waits for something outside of this process that sends no event: looks every 10 ms until `condition` gives a
/// value. The only place of the project's tests that polls; whatever can be awaited is awaited.
/// - Parameter what: finishes the sentence "waited in vain for …".
/// - Throws: `TestSupportError` after `deadline`; what `condition` throws, at once.
@discardableResult
public func eventually<Value>(
    _ what: String, deadline: Duration = .seconds(30), _ condition: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + deadline
    while true {
        if let value = try await condition() { return value }
        if ContinuousClock.now > end {
            throw TestSupportError(.deadline, "waited \(deadline) in vain for \(what)")
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// Waits until `condition` is true, as the other `eventually` does for a value.
public func eventually(
    _ what: String, deadline: Duration = .seconds(30), _ condition: () async throws -> Bool
) async throws {
    try await eventually(what, deadline: deadline) { try await condition() ? true : nil }
}
