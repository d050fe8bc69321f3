import EventLoop
import Foundation
import JSON
import Testing
import TestSupport
@testable import Sessions

@Suite("sessions.json")
struct SessionsFileTests {
    @Test("a new file is the npm tool's in form, and for its user only")
    func newFile() async throws {
        try await Storage.with { storage in
            let file = storage.openSessionsFile()
            try await file.apply([.upsert(.sample("ahri-mid"))])
            #expect(try storage.text("sessions.json") == """
                {
                  "version": 1,
                  "sessions": [
                    {
                      "championId": "ahri-mid",
                      "internalId": "u-ahri-mid",
                      "cli": "claude",
                      "mode": "native",
                      "path": "/w",
                      "status": "active",
                      "createdAt": "1970-01-01T00:00:01.000Z",
                      "lastUsed": "1970-01-01T00:00:01.000Z"
                    }
                  ]
                }
                """)
            #expect(try storage.permissions("sessions.json") == 0o600)
            #expect(try storage.names == ["sessions.json"])
        }
    }

    @Test("what is not known stays: a later version, fields at the top, fields and order of records")
    func unknownFields() async throws {
        try await Storage.with { storage in
            let before = """
                {
                  "first": {
                    "a": 1.50
                  },
                  "version": 7,
                  "sessions": [
                    {
                      "unknown": null,
                      "championId": "zed-top",
                      "internalId": "u-zed-top",
                      "cli": "claude",
                      "mode": "native",
                      "path": "/w",
                      "status": "active",
                      "createdAt": "1970-01-01T00:00:01.000Z",
                      "lastUsed": "1970-01-01T00:00:01.000Z",
                      "claudeSystemCountAtSend": 4
                    }
                  ],
                  "last": []
                }
                """
            try storage.write(before, to: "sessions.json")
            let file = storage.openSessionsFile()
            try await file.apply([.upsert(.sample("ahri-mid"))])
            try await file.apply([.upsert(.sample("zed-top", lastUsed: 2000)), .remove("ahri-mid")])
            #expect(try storage.text("sessions.json") == before.replacingOccurrences(
                of: #""lastUsed": "1970-01-01T00:00:01.000Z""#, with: #""lastUsed": "1970-01-01T00:00:02.000Z""#))
        }
    }

    @Test("five hundred changes are one trip to the file, and the last state of each session counts")
    func batching() async throws {
        try await Storage.with { storage in
            let file = storage.openSessionsFile()
            try await storage.loop.perform {
                for number in 0..<500 { file.enqueue(.upsert(.sample("s-\(number % 100)", lastUsed: Int64(number)))) }
                for number in 90..<100 { file.enqueue(.remove("s-\(number)")) }
            }
            try await file.flush()
            #expect(await file.writeCount == 1)
            let records = try storage.storedRecords()
            let ids: [String] = (0..<90).map { "s-\($0)" }
            let times: [Int64?] = (400..<490).map { Int64($0) }
            #expect(records.map(\.championID) == ids)
            #expect(records.map(\.lastUsedMilliseconds) == times)
        }
    }

    @Test("a change is written without anybody waiting for it")
    func unattended() async throws {
        try await Storage.with { storage in
            let file = storage.openSessionsFile()
            try await storage.loop.perform { file.enqueue(.upsert(.sample("ahri-mid"))) }
            try await eventually("the file") { FileIdentity.of(path: storage.sessionsFile) != nil }
            #expect(try storage.storedIDs() == ["ahri-mid"])
        }
    }

    @Test("with nothing to write, the file is not touched")
    func idle() async throws {
        try await Storage.with { storage in
            try storage.writeSessions([.sample("ahri-mid")])
            let before = FileIdentity.of(path: storage.sessionsFile)
            let file = storage.openSessionsFile()
            try await file.flush()
            try await file.apply([.upsert(.sample("ahri-mid"))])
            try await file.apply([.remove("nobody")])
            #expect(FileIdentity.of(path: storage.sessionsFile) == before)
        }
    }

    @Test("an invalid record is set aside under another name, told of once, and the others live on")
    func invalidRecords() async throws {
        try await Storage.with { storage in
            let odd: [JSON] = [["championId": "odd", "cli": "gemini"], ["x": 1]]
            let sessions = odd + [.object(SessionRecord.sample("zed-top").fields), 7]
            try storage.write(JSON.object(["version": 1, "sessions": .array(sessions)]).compact, to: "sessions.json")
            let file = storage.openSessionsFile()
            #expect(try await file.foreignChanges() == [.added(.sample("zed-top"))])
            try await file.flush()
            let aside = try JSON(parsing: storage.text(storage.only("sessions.json.invalid-")))
            #expect(aside == .array(odd + [7]))
            #expect(try storage.only("sessions.json.invalid-").hasSuffix("Z.json"))
            #expect(try storage.storedIDs() == ["zed-top"])
            let warnings = await file.takeWarnings()
            #expect(warnings.count == 3)
            #expect(warnings.first?.contains("ignoring invalid session record in \(storage.sessionsFile) at index 0 championId=odd") == true)
            try await file.apply([.upsert(.sample("ahri-mid"))])
            #expect(await file.takeWarnings().isEmpty)
            #expect(try storage.names.count == 2)
        }
    }

    @Test("a file that cannot be read is set aside whole, told of, and what is known of it restored", arguments: [
        "", " ", "{", #"{"version":1,"sessions":[{"championId":"ahri-mid""#, "[]", "null", "{}",
        #"{"version":1,"sessions":{}}"#, #"{"sessions":[]} x"#, "\u{FEFF}{\"sessions\":[]}",
    ])
    func damaged(text: String) async throws {
        try await Storage.with { storage in
            let file = storage.openSessionsFile()
            try await file.apply([.upsert(.sample("ahri-mid"))])
            try storage.write(text, to: "sessions.json")
            #expect(try await file.foreignChanges().isEmpty)
            try await file.flush()
            #expect(try storage.text(storage.only("sessions.json.damaged-")) == text)
            #expect(try storage.storedRecords() == [.sample("ahri-mid")])
            let warnings = await file.takeWarnings()
            #expect(warnings.count == 1 && warnings[0].contains("sessions.json.damaged-"))
        }
    }

    @Test("bytes that are no UTF-8 are kept as they were")
    func invalidUTF8() async throws {
        try await Storage.with { storage in
            let bytes = Array(#"{"version":1,"sessions":[{"championId":""#.utf8) + [0xC3, 0x28, 0xFF]
            try System.replace(storage.sessionsFile, with: bytes)
            let file = storage.openSessionsFile()
            try await file.apply([.upsert(.sample("ahri-mid"))])
            #expect(try FileReader.contents(of: storage.path(storage.only("sessions.json.damaged-"))) == bytes)
            #expect(try storage.storedIDs() == ["ahri-mid"])
        }
    }

    @Test("a change that cannot be written is told, kept, and written later")
    func unwritable() async throws {
        try await Storage.with { storage in
            let file = storage.openSessionsFile()
            // A folder in the place of the file: it can be neither read nor replaced.
            try System.makeDirectory(storage.sessionsFile)
            try System.append(storage.path("sessions.json/x"), [])
            await expectStorageError(.failed) { try await file.apply([.upsert(.sample("ahri-mid"))]) }
            #expect(try !storage.names.contains { $0.hasSuffix(".lock") })
            try System.removeTree(storage.sessionsFile)
            try await file.apply([.upsert(.sample("zed-top"))])
            #expect(try storage.storedIDs() == ["ahri-mid", "zed-top"])
        }
    }

    @Test("the layout is node's, character for character", .enabled(if: Node.isInstalled))
    func layout() async throws {
        try await Storage.with { storage in
            let odd: String = "quote \" backslash \\ slash / tab \t bell \u{7} é 日本 \u{1F600} \u{2028} <>&"
            let nested: JSON = ["empty": [:], "list": [1, [2.5, nil], [["k": true]]]]
            let record = SessionRecord.sample("ahri-mid").with("description", .string(odd))
                .with("lastAssistantMessages", .array([])).with("nested", nested)
            let file = storage.openSessionsFile()
            try await file.apply([.upsert(record), .upsert(.sample("zed-top"))])
            let result = try await Node.run(
                "const t=require('fs').readFileSync(process.argv[1],'utf8');process.stdout.write(JSON.stringify(JSON.parse(t),null,2))",
                [storage.sessionsFile])
            #expect(result == (try storage.text("sessions.json")))
        }
    }
}
