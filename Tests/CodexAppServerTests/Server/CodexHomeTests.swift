import EventLoop
import Foundation
import TestSupport
import Testing

@testable import CodexAppServer

@Suite("Codex's folder")
struct CodexHomeTests {
    @Test("one folder has one name, however it is written, and also before it is there")
    func canonical() throws {
        let home = try TemporaryHome()
        let real = try #require(System.realPath(home.path))
        try FileManager.default.createSymbolicLink(atPath: home.path + "/link", withDestinationPath: home.path)
        for isThere in [false, true] {
            if isThere { try System.makeDirectory(home.path + "/codex/own", withParents: true) }
            for spelling in ["codex/own", "codex/own/", "\(home.path)/codex//own", "\(home.path)/link/codex/own", "link/codex/own"] {
                let found = CodexHome(environment: ["CODEX_HOME": spelling, "PWD": home.path, "HOME": "/nowhere"])
                #expect(found?.path == real + "/codex/own", "\(spelling), \(isThere)")
            }
        }
    }

    @Test("without a setting it is the home's own, and without a home there is none")
    func byDefault() throws {
        let home = try TemporaryHome()
        let real = try #require(System.realPath(home.path))
        #expect(CodexHome(environment: ["HOME": home.path, "CODEX_HOME": ""])?.path == real + "/.codex")
        #expect(CodexHome(environment: [:]) == nil)
        #expect(CodexHome(path: "/").path == "/")
    }
}
