import Foundation
import TestSupport
import Testing

/// A turn of the real Claude Code, stopped in each of the ways in which one can be.
@Suite struct ClaudeInterruptTests {
    enum Moment: CaseIterable, CustomTestStringConvertible {
        case beforeAnswer, streaming, tool, question

        var testDescription: String {
            switch self {
            case .beforeAnswer: "before the first word"
            case .streaming: "while the answer streams"
            case .tool: "in a tool"
            case .question: "at a question"
            }
        }

        /// Different for each number.
        func message(_ number: Int, _ place: Workplace) -> String {
            switch self {
            case .beforeAnswer: "HANG 10\(number)"
            case .streaming: "SLOW 60 alpha\(number)" + String(repeating: " beta gamma delta", count: 40)
            case .tool: "TOOL touch \(marker(number, place)) && python3 -c 'import time; time.sleep(100)'"
            case .question: "ASK"
            }
        }

        /// A file that the running tool makes.
        private func marker(_ number: Int, _ place: Workplace) -> String { "\(place.home.path)/work/tool-\(number)" }

        var complaint: String {
            switch self {
            case .beforeAnswer: "Turn cancelled: interrupted before the agent answered\n"
            case .streaming: "Turn interrupted: interrupted while it answered\n"
            case .tool: "Turn interrupted: interrupted while a tool ran\n"
            case .question: "Turn interrupted: interrupted at a question\n"
            }
        }

        func isReached(_ number: Int, in id: String, _ place: Workplace) async throws {
            switch self {
            case .beforeAnswer: try await place.asked(message(number, place))
            // The message itself, and the answer's first word.
            case .streaming: try await place.shows("alpha\(number)", times: 2, on: id)
            case .tool:
                try await eventually("the tool", deadline: .seconds(60)) {
                    FileManager.default.fileExists(atPath: marker(number, place))
                }
            case .question:
                try await place.state("waiting_for_input", of: id)
                try await place.shows("Which colour?", on: id)
            }
        }
    }

    @Test("the turn ends at once, whoever stopped it, and the next message arrives as it is", arguments: Moment.allCases)
    func interrupted(_ moment: Moment) async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            try await place.must("send", id, moment.message(1, place))
            try await moment.isReached(1, in: id, place)
            #expect(try await place.must("interrupt", id) == "Interrupted \(id)")
            #expect(try await place.must("status", id) == "idle")
            #expect(try await place.expect(1, "wait", id).errorText == moment.complaint)
            #expect(try await place.must("ask", id, "SAY first\nafter") == "first\nafter")

            try await place.must("send", id, moment.message(2, place))
            try await moment.isReached(2, in: id, place)
            try await place.press("Escape", in: id)
            try await place.state("idle", of: id)
            #expect(try await place.expect(1, "wait", id).errorText == moment.complaint)
            #expect(try await place.must("ask", id, "SAY second\nafter") == "second\nafter")

            #expect(try await place.received(id) == [
                moment.message(1, place), "SAY first\nafter", moment.message(2, place), "SAY second\nafter",
            ])
            #expect(try await place.must("interrupt", id) == "Nothing to interrupt on \(id)")
        }
    }

    @Test("a wait that is under way tells of the interruption, and the message behind it is delivered")
    func queueGoesOn() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            async let asked = place.run("ask", id, Moment.streaming.message(1, place))
            try await Moment.streaming.isReached(1, in: id, place)
            async let behind = place.must("ask", id, "SAY behind")
            try await place.queued(1, in: id)
            try await place.must("interrupt", id)
            let result = try await asked
            #expect(result.exit.status == 1)
            #expect(result.errorText == Moment.streaming.complaint)
            #expect(try await behind == "behind")
        }
    }

    @Test("right after send, an interrupt stops the turn, and the next message comes whole")
    func rightAfterSend() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            for number in 1...4 {
                try await place.must("send", id, "SLOW 60 number \(number) goes on and on")
                #expect(try await place.must("interrupt", id) == "Interrupted \(id)")
                let complaint = try await place.expect(1, "wait", id).errorText
                #expect(complaint.contains("interrupted"))
                #expect(try await place.must("ask", id, "SAY after \(number)") == "after \(number)")
            }
        }
    }
}
