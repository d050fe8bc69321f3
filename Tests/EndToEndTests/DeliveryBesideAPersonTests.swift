import TestSupport
import Testing

/// Messages arrive whole in the real Claude Code whatever a person did at the terminal.
@Suite struct DeliveryBesideAPersonTests {
    @Test("what stands half typed in the box, or opened there, does not mix with a message", arguments: Route.allCases)
    func halfTyped(route: Route) async throws {
        try await Workplace.with(.claude, stateDirectory: route.stateDirectory) { place in
            let id = try await place.create()
            let keys = [
                ["h", "a", "l", "f", " "], ["o", "n", "e", "C-j", "t", "w", "o", "C-j", "3", "C-j", "4"], ["!", "i", "d"], ["/", "c", "o"], ["@", "w"],
                ["?"], ["x", "Left", "Left"], ["Escape"],
            ]
            for (number, keys) in keys.enumerated() {
                try await place.press(keys, in: id)
                try await place.deliver(["message \(number)\nin two lines"], to: id, by: route)
            }
        }
    }

    @Test("in copy mode, beside another pane, a message goes to the agent", arguments: Route.allCases)
    func copyModeAndSplit(route: Route) async throws {
        try await Workplace.with(.claude, stateDirectory: route.stateDirectory) { place in
            let id = try await place.create()
            let tmux = place.home.tmux
            let pane = try await tmux.run("list-panes", "-t", "=dev-\(id):", "-F", "#{pane_id}").dropLast()
            try await tmux.run("copy-mode", "-t", String(pane))
            try await place.deliver(["in copy mode"], to: id, by: route)
            // The person's pane is now the active one of the session.
            try await tmux.run("split-window", "-t", "=dev-\(id):", "cat > \(place.home.path)/typed")
            try await tmux.run("copy-mode", "-t", String(pane))
            try await place.deliver(["beside another pane", "- and\nagain"], to: id, by: route)
            try await tmux.run("send-keys", "-t", "=dev-\(id):", "nothing else", "Enter")
            try await eventually("the line that was typed in the other pane") {
                try place.home.read("typed") == "nothing else\n"
            }
        }
    }

    @Test("a person who types at an attached terminal is waited for")
    func personTypes() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            try await place.withPerson(at: id) { person in
                try await person.run("send-keys", "half a thought")
                let start = ContinuousClock.now
                try await place.deliver(["SAY hello"], to: id, by: .editor)
                #expect(ContinuousClock.now - start > .seconds(3))
            }
        }
    }

    @Test("Ctrl-G is a person's own editor when nothing is being delivered")
    func personsEditor() async throws {
        try await Workplace.with(.claude) { place in
            let editor = #"sh -c 'printf "SAY edited" > "$1"; touch "$HOME/edited"' editor"#
            let id = try await place.create(environment: ["EDITOR": editor])
            #expect(try await place.must("ask", id, "SAY one") == "one")
            try await place.state("idle", of: id)
            // As a person would, until it shows: on a busy machine the first key may pass for a late one of ours.
            try await eventually("the end of the editor") {
                try await place.press("C-g", in: id)
                return (try? await eventually("a file", deadline: .seconds(3)) { place.home.has("edited") }) != nil
            }
            try await eventually("the text that the person edited") {
                try await place.press("Enter", in: id)
                return try await place.received(id).count == 2
            }
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("ask", id, "SAY three") == "three")
            place.expect(try await place.received(id), toBe: ["SAY one", "SAY edited", "SAY three"])
        }
    }

    @Test("where the user's keys took Ctrl-G away, messages are pasted")
    func otherKeys() async throws {
        try await Workplace.with(.claude) { place in
            try place.home.write(#"{"bindings":[{"context":"Chat","bindings":{"ctrl+g":null}}]}"#, to: ".claude/keybindings.json")
            let id = try await place.create()
            try await place.deliver(["a\tb", "!echo hi", "1\n2\n3\n4\n5"], to: id, by: .paste)
        }
    }
}
