import TestSupport

extension Duration {
    var inMilliseconds: Double { self / .milliseconds(1) }
}

/// Measures things in turn, so that what disturbs one disturbs all.
func alternately(_ times: Int, _ bodies: (() async throws -> Double)...) async throws -> [Samples] {
    var values = [[Double]](repeating: [], count: bodies.count)
    // The first time, programs come from disk and the supervisor may have to be started.
    for body in bodies { _ = try await body() }
    for _ in 0..<times {
        for (index, body) in bodies.enumerated() { values[index].append(try await body()) }
    }
    return values.map(Samples.init)
}

/// How long this takes, in milliseconds.
func milliseconds(_ body: () async throws -> Void) async throws -> Double {
    let start = ContinuousClock.now
    try await body()
    return (ContinuousClock.now - start).inMilliseconds
}
