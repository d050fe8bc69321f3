import Control
import EventLoop
import Testing
import TestSupport

struct SocketLocationTests {
    private static let deep = StateDirectory(path: "/" + String(repeating: "deep/", count: 30) + "state")

    @Test("a socket stands in the state directory as long as its path fits")
    func usual() {
        let directory = StateDirectory(path: "/home/a/.dev-sessions")
        let length = directory.usualSocket.utf8.count
        let environment = ["XDG_RUNTIME_DIR": "/run/user/7"]
        #expect(SocketLocation(for: directory, environment: environment, userID: 7, limit: length).path == directory.usualSocket)
        #expect(SocketLocation(for: directory, environment: environment, userID: 7, limit: length - 1).path != directory.usualSocket)
    }

    @Test("a long path moves the socket to the user's runtime folder, or to one of its own in the temporary folder", arguments: [
        (["XDG_RUNTIME_DIR": "/run/user/7", "TMPDIR": "/tmp/a"], "/run/user/7/dev-sessions-"),
        (["TMPDIR": "/tmp/a"], "/tmp/a/dev-sessions-7-"),
        ([:], "/tmp/dev-sessions-7-"),
        (["XDG_RUNTIME_DIR": "relative", "TMPDIR": "/" + String(repeating: "t", count: 100)], "/tmp/dev-sessions-7-"),
    ])
    func elsewhere(environment: [String: String], prefix: String) {
        let location = SocketLocation(for: Self.deep, environment: environment, userID: 7)
        #expect(location.path.hasPrefix(prefix))
        #expect(location.path.utf8.count <= System.socketPathLimit)
        let neighbour = StateDirectory(path: Self.deep.path + "2")
        #expect(SocketLocation(for: neighbour, environment: environment, userID: 7).path != location.path)
    }

    @Test("whoever connects finds the socket by the file at the usual place, whatever its environment says")
    func pointer() throws {
        let home = try TemporaryHome()
        let directory = StateDirectory(path: home.path + "/" + String(repeating: "d", count: 100))
        try directory.prepare()
        #expect(try SocketLocation.existing(for: directory) == nil)
        let location = SocketLocation(for: directory, environment: ["TMPDIR": home.path + "/tmp"])
        try location.establish(for: directory)
        #expect(try SocketLocation.existing(for: directory) == location.path)
        #expect(System.isPrivateDirectory(try #require(location.folder)))
    }

    @Test("a folder that others can enter is refused, by the supervisor and by its clients")
    func foreignFolder() throws {
        let home = try TemporaryHome()
        let directory = StateDirectory(path: home.path + "/" + String(repeating: "d", count: 100))
        try directory.prepare()
        let location = SocketLocation(for: directory, environment: ["TMPDIR": home.path + "/tmp"])
        try location.establish(for: directory)
        try System.setPermissions(try #require(location.folder), 0o770)
        #expect(throws: ControlError.self) { try location.establish(for: directory) }
        #expect(throws: ControlError.self) { try SocketLocation.existing(for: directory) }
    }

    @Test("a supervisor whose socket is at the usual place removes an old pointer")
    func stalePointer() throws {
        let home = try TemporaryHome()
        let directory = StateDirectory(path: home.path)
        try System.append(directory.socketPointer, Array("/elsewhere\n".utf8))
        try SocketLocation(for: directory, environment: [:]).establish(for: directory)
        #expect(!System.exists(directory.socketPointer))
    }
}
