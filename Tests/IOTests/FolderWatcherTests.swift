import AgentRouteIO
import Glibc
import Testing

@Suite("Watching a folder")
struct FolderWatcherTests {
    @Test("a file renamed into the folder is told")
    func rename() throws {
        let folder = try #require(Self.folder())
        defer { Self.remove(folder) }
        let loop = try EventLoop()
        let seen = Tally()
        let watcher = try #require(
            FolderWatcher(loop: loop, folder: folder) {
                seen.count += 1
                loop.stop()
            })
        let file = try #require(fopen(folder + "/a.tmp", "w"))
        fclose(file)
        Glibc.rename(folder + "/a.tmp", folder + "/a.json")
        let end = LoopTimer(loop: loop, after: 5000) { loop.stop() }
        runUntilStopped(loop)
        end.cancel()
        watcher.cancel()
        #expect(seen.count > 0)
    }

    @Test("a folder that is not there cannot be watched")
    func missing() throws {
        let loop = try EventLoop()
        #expect(FolderWatcher(loop: loop, folder: "/nowhere/at/all") {} == nil)
    }

    private static func folder() -> String? {
        var template = Array("/tmp/watcher-XXXXXX".utf8CString)
        return mkdtemp(&template).map { String(cString: $0) }
    }

    private static func remove(_ folder: String) {
        unlink(folder + "/a.json")
        rmdir(folder)
    }
}
