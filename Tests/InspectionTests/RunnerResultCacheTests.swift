import Alembic
import Files
import Support
import Testing

@testable import Inspection

/// A result of Python is valid while the files and folders that it depends on are the same.
@Suite struct RunnerResultCacheTests {
    private struct Listing: RunnerResult, Hashable {
        var files: [String] = []
        var folders: [String] = []
        var value = "result"
    }

    private typealias Cache = RunnerResultCache<Listing>

    /// Later than every change of a test's files.
    private static let later = Int64.max

    @Test func aCacheIsEmptyAtFirst() {
        var cache = Cache(path: nil, inputs: "i")
        #expect(cache.current() == nil && cache.digest == nil)
    }

    @Test func filesThatChange() async throws {
        try await TemporaryFolder.with { folder in
            let result = Listing(files: [try folder.write("env.py", "one"), try folder.write("models.py", "one")])
            var cache = Cache(path: nil, inputs: "i")
            cache.store(result, begun: Self.later)
            #expect(cache.current() == result)
            try folder.write("models.py", "three")
            #expect(cache.current() == nil)
            FileSystem.remove(folder.path("models.py"))
            #expect(cache.current() == nil)
            try folder.write("models.py", "one")
            #expect(cache.current() == result, "the content is what Python read")
        }
    }

    /// Python looked for a file and did not find it: it changes the result when it appears.
    @Test func aMissingFileThatAppears() async throws {
        try await TemporaryFolder.with { folder in
            let result = Listing(files: [folder.path("settings.py")])
            var cache = Cache(path: nil, inputs: "i")
            cache.store(result, begun: Self.later)
            #expect(cache.current() == result)
            try folder.write("settings.py", "DEBUG = True")
            #expect(cache.current() == nil)
            FileSystem.remove(folder.path("settings.py"))
            #expect(cache.current() == result)
        }
    }

    @Test func foldersThatChange() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("models/user.py", "one")
            let result = Listing(folders: [folder.path("models")])
            var cache = Cache(path: nil, inputs: "i")
            cache.store(result, begun: Self.later)
            // Only the names count; Python itself adds the folder of its caches.
            try folder.write("models/user.py", "three")
            try folder.write("models/__pycache__/user.pyc", "")
            #expect(cache.current() == result)
            try folder.write("models/order.py", "")
            #expect(cache.current() == nil)
            FileSystem.remove(folder.path("models/order.py"))
            #expect(cache.current() == result)
            FileSystem.remove(folder.path("models"))
            #expect(cache.current() == nil)
        }
    }

    /// Python may have read the older bytes of a file that changed during the run.
    @Test func aRunDuringAChangeIsNotKept() async throws {
        try await TemporaryFolder.with { folder in
            let result = Listing(files: [try folder.write("env.py", "one")])
            let changed = try #require(FileStamp(path: folder.path("env.py"))).changed
            var cache = Cache(path: folder.path("state.json"), inputs: "i")
            cache.store(result, begun: Self.later)
            // The clock of a file system is coarse: 100 ms before the run are not before it.
            cache.store(result, begun: changed + 100_000_000)
            #expect(cache.current() == nil && cache.digest == nil, "the older result is no longer valid either")
            cache.store(result, begun: changed + 100_000_001)
            #expect(cache.current() == result)
        }
    }

    @Test func theDigestCoversAllInputs() async throws {
        try await TemporaryFolder.with { folder in
            let result = Listing(files: [try folder.write("env.py", "one")], folders: [folder.path])
            func digest(inputs: String = "i", _ result: Listing) -> String? {
                var cache = Cache(path: nil, inputs: inputs)
                cache.store(result, begun: Self.later)
                return cache.digest
            }
            let first = digest(result)
            #expect(first != nil && digest(result) == first)
            #expect(digest(inputs: "other", result) != first)
            #expect(digest(Listing(files: result.files)) != first)
            try folder.write("env.py", "three")
            let changed = digest(result)
            #expect(changed != first)
            try folder.write("models.py", "")
            #expect(digest(result) != changed)
        }
    }

    /// A rebuilt image has the same files with other times and inodes.
    @Test func aRestart() async throws {
        try await TemporaryFolder.with { folder in
            let state = folder.path("state.json")
            let result = Listing(files: [try folder.write("app/env.py", "one")], folders: [folder.path("app")])
            var first = Cache(path: state, inputs: "i")
            first.store(result, begun: Self.later)
            FileSystem.remove(folder.path("app"))
            try folder.write("app/env.py", "one")
            var second = Cache(path: state, inputs: "i")
            #expect(second.current() == result && second.digest == first.digest)
            var other = Cache(path: state, inputs: "other")
            #expect(other.current() == nil && other.digest == nil, "the settings are others")
            try folder.write("app/env.py", "three")
            var changed = Cache(path: state, inputs: "i")
            #expect(changed.current() == nil)
        }
    }

    @Test(arguments: ["", "{", "[]", #"{"inputs": "i"}"#, #"{"inputs": "i", "files": {}, "folders": {}, "result": 1}"#])
    func aDamagedStateFile(text: String) async throws {
        try await TemporaryFolder.with { folder in
            let state = try folder.write("state.json", text)
            var cache = Cache(path: state, inputs: "i")
            #expect(cache.current() == nil)
            cache.store(Listing(), begun: Self.later)
            var next = Cache(path: state, inputs: "i")
            #expect(next.current() == Listing(), "the file was replaced")
        }
    }

    /// Without a state directory the result is still kept in memory.
    @Test func aStateDirectoryThatDoesNotExist() async throws {
        try await TemporaryFolder.with { folder in
            var cache = Cache(path: folder.path("missing/state.json"), inputs: "i")
            cache.store(Listing(value: "kept"), begun: Self.later)
            #expect(cache.current()?.value == "kept")
        }
    }

    @Test func aLaterResultReplacesTheFirst() async throws {
        try await TemporaryFolder.with { folder in
            let state = folder.path("state.json")
            var cache = Cache(path: state, inputs: "i")
            cache.store(Listing(value: "first"), begun: Self.later)
            cache.store(Listing(value: "second"), begun: Self.later)
            var next = Cache(path: state, inputs: "i")
            #expect(cache.current()?.value == "second" && next.current()?.value == "second")
        }
    }
}
