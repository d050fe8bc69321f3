import Testing

@testable import Transcripts

@Suite("Finding rollouts")
struct RolloutSearchTests {
    private static let first = "01a21028-cae5-7f22-8e30-0c8a10717470"
    private static let second = "01a21028-d51b-7462-9f4b-5767b56779cb"
    private static let back = "01a21028-cfca-7a02-ac0d-cbd7e897dd2e"
    private static let further = "01a21028-d4c8-75f3-9ef0-ee021725b9be"

    @Test("a name tells the time, the thread and the file's own id")
    func names() {
        let plain = RolloutName("rollout-2026-11-25T00-43-58-\(Self.first).jsonl")
        #expect(plain?.time == "2026-11-25T00-43-58")
        #expect(plain?.thread == Self.first)
        #expect(plain?.rollout == Self.first)
        #expect(plain?.isCompressed == false)
        let other = RolloutName("rollout-2026-11-25T00-43-58-\(Self.first)_\(Self.back).jsonl.zst")
        #expect(other?.thread == Self.first)
        #expect(other?.rollout == Self.back)
        #expect(other?.isCompressed == true)
    }

    @Test(
        "other names are none",
        arguments: [
            "", "rollout-", "rollout-.jsonl", "rollout-2026-11-25T00-43-58.jsonl", "rollout-2026-11-25T00-43-58-.jsonl",
            "rollout-2026-11-25T00-43-58-a.json", "rollout-2026-11-25T00-43-58-a.jsonl.tmp", "session-2026-11-25T00-43-58-a.jsonl",
            "rollout-2026-11-25T00-43-58-a.jsonl.zst.zst", "rollout-compression.lock",
        ])
    func noNames(_ name: String) {
        #expect(RolloutName(name) == nil)
    }

    @Test("the file that goes on comes first, whatever its folder, and the compressed one last")
    func order() {
        let original = "/s/2026/11/25/rollout-2026-11-25T00-43-58-\(Self.first).jsonl"
        let reverted = "/s/2026/11/25/rollout-2026-11-25T00-43-59-\(Self.first)_\(Self.back).jsonl"
        let latest = "/s/2026/11/24/rollout-2026-11-24T23-43-59-\(Self.first)_\(Self.further).jsonl"
        let other = "/s/2026/11/25/rollout-2026-11-25T00-43-58-\(Self.second).jsonl"
        let paths = [original, reverted + ".zst", other, latest, original + ".zst", reverted, "/s/2026/notes.txt"]
        for paths in [paths, paths.reversed()] {
            #expect(RolloutSearch.rollouts(of: Self.first, among: paths) == [latest, reverted, original])
            #expect(RolloutSearch.rollouts(of: Self.second, among: paths) == [other])
            #expect(RolloutSearch.rollouts(of: Self.back, among: paths) == [])
            #expect(RolloutSearch.rollout(id: Self.back, among: paths) == reverted)
            #expect(RolloutSearch.rollout(id: Self.first, among: paths) == original)
            #expect(RolloutSearch.rollout(id: "none", among: paths) == nil)
        }
        #expect(RolloutSearch.rollouts(of: Self.first, among: [original + ".zst"]) == [original + ".zst"])
        #expect(RolloutSearch.rollout(id: Self.first, among: [original + ".zst"]) == original + ".zst")
    }
}
