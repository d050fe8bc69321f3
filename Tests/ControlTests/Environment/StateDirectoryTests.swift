import Control
import EventLoop
import Testing
import TestSupport

struct StateDirectoryTests {
    @Test("DEV_SESSIONS_HOME comes before the home folder", arguments: [
        (["HOME": "/home/a"], "/home/a/.dev-sessions"),
        (["HOME": "/home/a", "DEV_SESSIONS_HOME": ""], "/home/a/.dev-sessions"),
        (["HOME": "/home/a", "DEV_SESSIONS_HOME": "/srv/sessions/"], "/srv/sessions"),
        (["HOME": "/home/a", "DEV_SESSIONS_HOME": "here/../there"], "/work/there"),
    ])
    func place(environment: [String: String], path: String) throws {
        #expect(try StateDirectory(environment: environment, workingDirectory: "/work").path == path)
    }

    @Test("without a home there is no place for files")
    func noHome() {
        #expect(throws: ControlError.self) { try StateDirectory(environment: [:], workingDirectory: "/") }
    }

    @Test("a folder that the npm tool made is closed to others")
    func permissions() throws {
        let home = try TemporaryHome()
        let directory = StateDirectory(path: home.path + "/.dev-sessions")
        try System.makeDirectory(directory.path)
        try System.setPermissions(directory.path, 0o755)
        #expect(!System.isPrivateDirectory(directory.path))
        try directory.prepare()
        #expect(System.isPrivateDirectory(directory.path))
        #expect(System.isPrivateDirectory(directory.spool))
    }

    @Test("one process at a time holds the supervisor's lock")
    func lock() throws {
        let home = try TemporaryHome()
        let directory = StateDirectory(path: home.path)
        var lock = try directory.takeLock()
        #expect(lock != nil)
        #expect(try directory.takeLock() == nil)
        lock = nil
        #expect(try directory.takeLock() != nil)
        _ = lock
    }

    @Test("paths become absolute by their text alone", arguments: [
        ("", "/a/b"), (".", "/a/b"), ("c", "/a/b/c"), ("../c/", "/a/c"), ("/x//y/./z/..", "/x/y"), ("../../../..", "/"),
    ])
    func absolutePath(path: String, absolute: String) {
        #expect(AbsolutePath.resolve(path, against: "/a/b") == absolute)
    }
}
