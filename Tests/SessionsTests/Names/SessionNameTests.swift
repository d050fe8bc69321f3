import Testing
@testable import Sessions

@Suite("Names of sessions")
struct SessionNameTests {
    /// Repeatable: the tests of names do not depend on luck.
    struct Numbers: RandomNumberGenerator {
        var state: UInt64 = 42

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    @Test("ten thousand names in a row are all different, valid and no beginning of another")
    func manyNames() {
        var numbers = Numbers()
        var taken: Set<String> = []
        for _ in 0..<10_000 { taken.insert(SessionName.random(excluding: taken, using: &numbers)) }
        #expect(taken.count == 10_000)
        #expect(taken.allSatisfy(SessionName.isValid))
        let sorted = taken.sorted()
        #expect(!zip(sorted, sorted.dropFirst()).contains { $1.hasPrefix($0) })
    }

    @Test("the first names are as short as the npm tool's")
    func shortNames() {
        var numbers = Numbers()
        for _ in 0..<100 {
            #expect(SessionName.random(excluding: [], using: &numbers).split(separator: "-").count == 2)
        }
    }

    @Test("the words are single, of small letters, and unmistakable")
    func words() {
        let words = SessionName.champions + SessionName.roles + SessionName.adjectives
        #expect(Set(words).count == words.count)
        #expect(SessionName.champions.count >= 146)
        #expect(words.allSatisfy { $0.allSatisfy { ("a"..."z").contains($0) } })
    }

    @Test("when every short name is taken, a longer one is found")
    func exhaustion() {
        var taken: Set<String> = []
        for champion in SessionName.champions {
            for role in SessionName.roles { taken.insert("\(champion)-\(role)") }
        }
        let name = SessionName.random(excluding: taken)
        #expect(!taken.contains(name))
        #expect(name.split(separator: "-").count == 3)
    }

    @Test("an id is one plain word", arguments: [
        ("a", true), ("ahri-mid", true), ("0", true), ("a--", true), (String(repeating: "a", count: 63), true),
        ("", false), ("-a", false), ("A", false), ("a.b", false), ("a:b", false), ("a b", false), ("ä", false),
        ("a\n", false), ("=a", false), (String(repeating: "a", count: 64), false),
    ])
    func validity(id: String, isValid: Bool) {
        #expect(SessionName.isValid(id) == isValid)
    }
}
