import Foundation
import JSON
import TestSupport
import Testing

/// Permissions that the real Claude Code asks for when it is not told to skip them.
@Suite struct ClaudePermissionTests {
    @Test("an allowed tool runs; a denied one does not, and the model is told why")
    func allowedAndDenied() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create("--permission-mode", "manual")
            let file = "\(place.home.path)/work/made"
            let asked = try await place.expect(3, "ask", id, "TOOL touch \(file)")
            #expect(asked.outputText == "The agent asks for permission to use Bash: touch \(file)\n")
            let request = try #require(try await place.pending(id).first)
            #expect(request["kind"] == "permission")
            #expect(request["tool"] == "Bash")
            #expect(request["input"]?["command"] == .string("touch \(file)"))
            try await place.expect(1, "respond", id, "--answer", "yes")
            #expect(!FileManager.default.fileExists(atPath: file))
            try await place.must("respond", id, "--allow")
            #expect(try await place.must("wait", id) == "completed")
            #expect(FileManager.default.fileExists(atPath: file))

            try await place.expect(3, "ask", id, "TOOL rm \(file)")
            try await place.must("respond", id, "--deny", "--message", "it is needed")
            #expect(try await place.must("wait", id) == "completed")
            #expect(FileManager.default.fileExists(atPath: file))
            #expect(try await place.must("last-message", id) == "tool done: it is needed")
        }
    }

    @Test("what is allowed always is not asked for again")
    func allowedAlways() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create("--permission-mode", "manual")
            let message = "TOOL python3 -c 'print(6 * 7)'"
            try await place.expect(3, "ask", id, message)
            #expect(try await place.pending(id).first?["allowsAlways"] == true)
            try await place.must("respond", id, "--allow-always")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("ask", id, message) == "tool done: 42")
            try await place.expect(3, "ask", id, "ASK")
            let complaint = try await place.expect(1, "respond", id, "--allow-always").errorText
            #expect(complaint.contains("asks a question"))
        }
    }

    @Test("a person allows one and denies another at the terminal")
    func person() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create("--permission-mode", "manual")
            let file = "\(place.home.path)/work/made"
            try await place.expect(3, "ask", id, "TOOL touch \(file)")
            try await place.shows("Do you want to proceed?", on: id)
            try await place.decide(with: "1", in: id)
            #expect(try await place.must("wait", id) == "completed")
            #expect(FileManager.default.fileExists(atPath: file))
            try await place.hooksAreGone(of: id)

            try await place.expect(3, "ask", id, "TOOL rm \(file)")
            try await place.shows("Do you want to proceed?", on: id)
            try await place.decide(with: "Escape", in: id)
            let waited = try await place.expect(1, "wait", id)
            #expect(waited.errorText == "Turn interrupted: interrupted at a permission prompt\n")
            #expect(FileManager.default.fileExists(atPath: file))
            try await place.hooksAreGone(of: id)
            #expect(try await place.must("ask", id, "SAY go on") == "go on")
        }
    }

    @Test("two tools of one message are asked for one after the other")
    func twoTools() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create("--permission-mode", "manual")
            let file = "\(place.home.path)/work/made"
            try await place.expect(3, "ask", id, "MULTI\ntouch \(file)-1\ntouch \(file)-2")
            var answered: Set<String> = []
            for number in 1...2 {
                let request = try await eventually("request \(number)") {
                    try await place.pending(id).first { !answered.contains($0["id"]?.string ?? "") }
                }
                let name = try #require(request["id"]?.string)
                answered.insert(name)
                #expect(request["input"]?["command"] == .string("touch \(file)-\(number)"))
                try await place.must("respond", id, number == 1 ? "--allow" : "--deny", "--request", name)
            }
            #expect(try await place.must("wait", id) == "completed")
            #expect(FileManager.default.fileExists(atPath: file + "-1"))
            #expect(!FileManager.default.fileExists(atPath: file + "-2"))
        }
    }
}
