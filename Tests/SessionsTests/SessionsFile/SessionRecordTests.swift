import Foundation
import JSON
import Testing
@testable import Sessions

@Suite("Records of sessions.json")
struct SessionRecordTests {
    static let complete: JSON = [
        "championId": "ahri-mid", "internalId": "u", "cli": "codex", "mode": "native", "path": "/w", "description": "d",
        "status": "active", "appServerPid": 1, "appServerPort": 5.0, "model": "m", "codexTurnInProgress": false,
        "lastAssistantMessages": ["a"], "createdAt": "2026-11-24T19:35:40.123Z", "lastUsed": "whenever", "host": "h",
        "remoteBin": "b", "codexActiveTurnId": "t", "codexLastCompletedAt": "c", "lastTurnError": "e",
        "lastTurnStatus": "failed", "claudeSystemCountAtSend": "anything", "unknown": [1, nil],
    ]

    @Test("a record with every field, and one with the required ones alone, are valid and kept as they are")
    func valid() throws {
        let record = try #require(SessionRecord(validating: Self.complete))
        #expect(try JSON.encode(record).compact == Self.complete.compact)
        #expect(try Self.complete.decode(SessionRecord.self) == record)
        var least = Self.complete
        for key in Self.complete.object!.keys where !["championId", "internalId", "path", "createdAt", "lastUsed", "cli", "mode", "status"].contains(key) {
            least[key] = nil
        }
        #expect(SessionRecord(validating: least) != nil)
    }

    @Test("a record is invalid without a required field, or with a field of the wrong kind", arguments: [
        ("championId", nil), ("internalId", nil), ("path", nil), ("createdAt", nil), ("lastUsed", nil), ("cli", nil),
        ("mode", nil), ("status", nil), ("championId", 1), ("cli", "gemini"), ("mode", "Native"), ("status", ""),
        ("host", .null), ("description", 1), ("model", false), ("appServerPid", 1.5), ("appServerPort", "1"),
        ("codexTurnInProgress", 0), ("lastTurnStatus", "done"), ("lastAssistantMessages", "a"), ("lastAssistantMessages", [1]),
        ("lastTurnError", .null), ("remoteBin", []), ("codexActiveTurnId", 1), ("codexLastCompletedAt", 1),
    ] as [(String, JSON?)])
    func invalid(key: String, value: JSON?) {
        var json = Self.complete
        json[key] = value
        #expect(SessionRecord(validating: json) == nil)
    }

    @Test("what is no object is no record", arguments: [.null, [], "x", 1] as [JSON])
    func noObject(json: JSON) {
        #expect(SessionRecord(validating: json) == nil)
    }

    @Test("a session's record has the npm tool's fields in its order, absent ones left out")
    func order() {
        let new = NewSession(
            agent: .claude, path: "/w", description: "words", mode: "native", model: nil, id: nil, permissionMode: nil,
            trust: false, agentArguments: [], environment: [:], parent: nil)
        let spec = SessionSpec(new, id: "ahri-mid", conversation: "u", createdAt: 0)
        let record = SessionRecord(spec, newest: nil)
        #expect(record.fields.keys == ["championId", "internalId", "cli", "mode", "path", "description", "status", "createdAt", "lastUsed"])
        #expect(record.createdAt == "1970-01-01T00:00:00.000Z")
        #expect(SessionRecord(validating: .object(record.fields)) == record)
    }

    @Test("a turn that failed shows with its reason, one that runs leaves nothing behind")
    func turnStatus() {
        let new = NewSession(
            agent: .claude, path: "/w", description: nil, mode: "native", model: "m", id: nil, permissionMode: nil,
            trust: false, agentArguments: [], environment: [:], parent: nil)
        var spec = SessionSpec(new, id: "ahri-mid", conversation: "u", createdAt: 0)
        spec.ended = "gone"
        var turn = Turn(id: 1, session: "ahri-mid", origin: .command, state: .cutOff, text: "x", createdAt: 0)
        turn.reason = "the agent died"
        let failed = SessionRecord(spec, newest: turn)
        #expect(failed.lastTurnStatus == .failed)
        #expect(failed.lastTurnError == "the agent died")
        #expect(failed.status == .inactive)
        turn.state = .running
        let running = SessionRecord(spec, newest: turn).merged(over: failed)
        #expect(running.lastTurnStatus == nil)
        #expect(running.lastTurnError == nil)
    }

    @Test("written over the stored record, what only the other tool knows stays, and the later use counts")
    func merging() throws {
        var stored = try #require(SessionRecord(validating: Self.complete))
        stored.lastUsed = Timestamp.iso8601(5000)
        var ours = SessionRecord(
            championID: "ahri-mid", internalID: "new", cli: "codex", mode: "native", path: "/w", description: nil,
            status: .inactive, model: nil, createdAt: 0, lastUsed: 1000)
        let merged = ours.merged(over: stored)
        #expect(merged.fields["unknown"] == [1, nil])
        #expect(merged.internalID == "new")
        #expect(merged.description == nil)
        #expect(merged.lastUsedMilliseconds == 5000)
        #expect(merged.createdAt == stored.createdAt)
        #expect(merged.fields.keys.first == "championId")
        ours.lastUsed = Timestamp.iso8601(6000)
        #expect(ours.merged(over: stored).lastUsedMilliseconds == 6000)
    }

    @Test("times are JavaScript's, in both directions", arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (951_868_800_000, "2000-03-01T00:00:00.000Z"),
        (1_704_067_199_007, "2023-12-31T23:59:59.007Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
    ] as [(Int64, String)])
    func times(milliseconds: Int64, text: String) {
        #expect(Timestamp.iso8601(milliseconds) == text)
        #expect(Timestamp.milliseconds(iso8601: text) == milliseconds)
    }

    @Test("random times agree with Foundation's calendar")
    func randomTimes() throws {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for _ in 0..<2000 {
            let milliseconds = Int64.random(in: 0..<253_402_300_800_000)
            let text = Timestamp.iso8601(milliseconds)
            #expect(Timestamp.milliseconds(iso8601: text) == milliseconds)
            #expect(Int64((try style.parse(text).timeIntervalSince1970 * 1000).rounded()) == milliseconds)
        }
    }

    @Test("what is no time of that form is none", arguments: [
        "", "2026-11-24", "2026-11-24T19:35:40Z", "2026-11-24T19:35:40.123+00:00", "2026-02-30T00:00:00.000Z",
        "2026-13-01T00:00:00.000Z", "2026-11-24T24:00:00.000Z", "2026-11-24t19:35:40.123Z", "whenever",
    ])
    func noTimes(text: String) {
        #expect(Timestamp.milliseconds(iso8601: text) == nil)
    }
}
