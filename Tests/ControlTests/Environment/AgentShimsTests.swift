import Control
import EventLoop
import Testing
import TestSupport

struct AgentShimsTests {
    @Test("the hook runs our program with the session's id and its input")
    func runs() async throws {
        let home = try TemporaryHome()
        let program = home.path + "/it's a program"
        try System.append(program, Array("#!/bin/sh\nprintf '%s|' \"$@\"\ncat\n".utf8))
        try System.setPermissions(program, 0o700)
        let directory = StateDirectory(path: home.path + "/a 'quoted' $HOME")
        try directory.prepare()
        try AgentShims(executable: program, stateDirectory: directory).install()
        var command = Command(directory.hookShim, ["annie-top"], environment: home.environment())
        command.input = Array("payload".utf8)
        let result = try await command.run()
        #expect(result.outputText == "hook|--state-directory|\(directory.path)|annie-top|payload")
        #expect(result.exit.status == 0)
    }

    @Test("without our program the hook succeeds and says nothing")
    func programIsGone() async throws {
        let home = try TemporaryHome()
        let directory = StateDirectory(path: home.path)
        try AgentShims(executable: home.path + "/gone", stateDirectory: directory).install()
        let result = try await Command(directory.hookShim, ["annie-top"], environment: home.environment()).run()
        #expect(result.exit.status == 0)
        #expect(result.output.isEmpty && result.errors.isEmpty)
    }

    @Test("without our program the editor is the person's own")
    func personsEditor() async throws {
        let home = try TemporaryHome()
        let directory = StateDirectory(path: home.path)
        try AgentShims(executable: home.path + "/gone", stateDirectory: directory).install()
        var environment = home.environment()
        environment["DEV_SESSIONS_EDITOR"] = "echo edits"
        let result = try await Command(directory.editorShim, ["a file"], environment: environment).run()
        #expect(result.outputText == "edits a file\n")
    }

    @Test("an upgrade replaces the hook in place, for its user only")
    func replaced() throws {
        let home = try TemporaryHome()
        let directory = StateDirectory(path: home.path)
        try AgentShims(executable: "/old", stateDirectory: directory).install()
        let new = AgentShims(executable: "/new", stateDirectory: directory)
        try new.install()
        #expect(try System.readFile(directory.hookShim) == Array(new.hook.utf8))
        #expect(try System.entries(of: home.path).filter { $0.hasPrefix("hook") } == ["hook"])
    }
}
