import Files
import Glibc
import Revisions
import Support
import Testing

@testable import Alembic

@Suite("project: scripts")
struct ProjectScriptTests {
    /// Enough to distinguish the contents in these tests.
    static let hash: @Sendable ([UInt8]) -> [UInt8] = { bytes in
        var state: UInt64 = 14_695_981_039_346_656_037
        for byte in bytes { state = (state ^ UInt64(byte)) &* 1_099_511_628_211 }
        return withUnsafeBytes(of: state) { Array($0) }
    }

    static func script(_ id: String, _ down: String?) -> String {
        "\"\"\"Step \(id)\"\"\"\nrevision = '\(id)'\ndown_revision = \(down.map { "'\($0)'" } ?? "None")\n"
    }

    static func project(_ folder: TemporaryFolder, settings: String = "") throws -> ProjectConfiguration {
        try folder.write("migrations/env.py", "")
        try folder.write("alembic.ini", "[alembic]\nscript_location = migrations\n\(settings)\n")
        return try ProjectConfiguration.read(folder: folder.path)
    }

    @Test("files by Alembic's rules")
    func rules() async throws {
        try await TemporaryFolder.with { folder in
            for (name, id) in [("b.py", "b1"), ("_helper.py", "h1"), ("Z.py", "z1"), (".hidden.py", "d1")] {
                try folder.write("migrations/versions/\(name)", Self.script(id, nil))
            }
            for name in [
                "__init__.py", "__init__x.py", ".#lock.py", "readme.txt", "old.py~", "b.pyc", "sub/s.py",
                "__pycache__/c.py",
            ] {
                try folder.write("migrations/versions/\(name)", "raise SystemExit")
            }
            var scripts = ScriptReader(hash: Self.hash)
            let reading = scripts.read(try Self.project(folder))
            #expect(reading.graph.isUsable)
            #expect(reading.graph.heads == ["b1", "d1", "h1", "z1"])
            #expect(reading.graph["b1"]?.file == "migrations/versions/b.py")
            #expect(reading.graph["b1"]?.doc == "Step b1")
            #expect(
                reading.files.map(\.path)
                    == [".hidden.py", "Z.py", "_helper.py", "b.py"].map { "migrations/versions/\($0)" })
        }
    }

    @Test("recursive folders, links, and the same file found twice")
    func recursive() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("migrations/versions/2024/a.py", Self.script("a1", nil))
            try folder.write("migrations/versions/2025/b.py", Self.script("b1", "a1"))
            try folder.write("store/c.py", Self.script("c1", "b1"))
            try folder.write("store/plain", Self.script("no", nil))
            #expect(symlink(folder.path("store/c.py"), folder.path("migrations/versions/linked.txt")) == 0)
            #expect(symlink(folder.path("store/plain"), folder.path("migrations/versions/plain.py")) == 0)
            #expect(symlink(".", folder.path("migrations/versions/loop")) == 0)
            #expect(symlink("user@host.1", folder.path("migrations/versions/.#a.py")) == 0)
            let configuration = try Self.project(
                folder,
                settings:
                    "recursive_version_locations = true\n"
                    + "version_locations = migrations/versions migrations/versions/2024 nosuch"
            )
            var scripts = ScriptReader(hash: Self.hash)
            let reading = scripts.read(configuration)
            #expect(reading.graph.problems == [])
            #expect(reading.graph.order == ["a1", "b1", "c1"], "a link's target decides, as with Alembic")
        }
    }

    @Test("each file that cannot be read is one problem, and the others are read")
    func badFiles() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("migrations/versions/a.py", Self.script("a1", nil))
            try folder.write("migrations/versions/folder.py/x.txt", "")
            let versions = folder.path("migrations/versions")
            #expect(symlink("circle.py", "\(versions)/circle.py") == 0)
            #expect(symlink("nowhere.py", "\(versions)/dangling.py") == 0)
            #expect(mkfifo("\(versions)/pipe.py", 0o600) == 0)
            try folder.write("migrations/versions/nul.py", "revision = 'n1'\n\0")
            try folder.write("migrations/versions/computed.py", "revision = 'k1'\ndown_revision = f()\n")
            var scripts = ScriptReader(hash: Self.hash)
            let reading = scripts.read(try Self.project(folder))
            let problems = Dictionary(uniqueKeysWithValues: reading.graph.problems.map { ($0.file ?? "", $0) })
            func problem(_ name: String) -> (code: String, isBlocking: Bool)? {
                problems["migrations/versions/\(name).py"].map { ($0.code, $0.isBlocking) }
            }
            #expect(reading.graph["a1"] != nil)
            for name in ["circle", "dangling", "pipe", "nul"] {
                #expect(problem(name)?.code == "graph.unreadable", "\(name)")
                #expect(problem(name)?.isBlocking == true, "\(name)")
            }
            #expect(problem("computed")?.code == "graph.notLiteral")
            #expect(problem("folder")?.isBlocking == false, "Alembic passes over it")
            #expect(problems.count == 6)
            #expect(!reading.graph.isUsable)
        }
    }

    @Test("bytecode without source is left to Alembic")
    func sourceless() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("migrations/versions/a.py", Self.script("a1", nil))
            try folder.write("migrations/versions/__pycache__/a.cpython-311.pyc", "")
            try folder.write("migrations/versions/__pycache__/b.cpython-311.pyc", "")
            try folder.write("migrations/versions/c.pyc", "")
            var scripts = ScriptReader(hash: Self.hash)
            #expect(scripts.read(try Self.project(folder)).graph.isUsable)
            let reading = scripts.read(try Self.project(folder, settings: "sourceless = true"))
            #expect(reading.graph.problems.map(\.code) == ["graph.notLiteral", "graph.notLiteral"])
            #expect(
                reading.graph.problems.map(\.file) == [
                    "migrations/versions/__pycache__/b.cpython-311.pyc", "migrations/versions/c.pyc",
                ])
        }
    }

    @Test("folders are listed again when their content may have changed")
    func relisting() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("migrations/versions/a.py", Self.script("a", nil))
            try folder.write("elsewhere/c.py", Self.script("c", "b"))
            var configuration = try Self.project(folder)
            configuration.recursiveVersionLocations = true
            configuration.versionLocations.append(folder.path("later"))
            var scripts = ScriptReader(hash: Self.hash)
            func settles(at head: String) async throws {
                #expect(scripts.read(configuration).graph.heads == [head])
                // Until all stamps are old enough; from then on the listing is kept.
                try await eventually("no script is opened") { scripts.read(configuration).opened == 0 }
                #expect(scripts.read(configuration).graph.heads == [head])
            }
            try await settles(at: "a")
            try folder.write("migrations/versions/inner/b.py", Self.script("b", "a"))
            try await settles(at: "b")
            #expect(symlink(folder.path("elsewhere/c.py"), folder.path("migrations/versions/inner/link.py")) == 0)
            try await settles(at: "c")
            // The link's target changed, the folder of the link did not.
            try folder.write("elsewhere/c.py", Self.script("d", "b"))
            try await settles(at: "d")
            try folder.write("later/e.py", Self.script("e", "d"))
            try await settles(at: "e")
            configuration.recursiveVersionLocations = false
            try folder.write("later/e.py", Self.script("e", "a"))
            try await settles(at: "e")
        }
    }

    @Test("a second call opens only files that changed")
    func rereading() async throws {
        try await TemporaryFolder.with { folder in
            for number in 0..<20 {
                let down = number == 0 ? nil : "r\(number - 1)"
                try folder.write("migrations/versions/\(number).py", Self.script("r\(number)", down))
            }
            let configuration = try Self.project(folder)
            var scripts = ScriptReader(hash: Self.hash)
            #expect(scripts.read(configuration).opened == 20)
            // Fresh files are opened again until their stamps are old enough; then none is.
            try await eventually("no script is opened") { scripts.read(configuration).opened == 0 }
            let first = scripts.read(configuration)
            #expect(first.graph.heads == ["r19"])

            // The size is the same and the modification time is restored: only the change time differs.
            var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
            try folder.write("migrations/versions/19.py", Self.script("q19", "r18"))
            #expect(utimensat(AT_FDCWD, folder.path("migrations/versions/19.py"), &times, 0) == 0)
            let second = scripts.read(configuration)
            #expect(second.opened == 1)
            #expect(second.graph.heads == ["q19"])
            #expect(second.contentHash != first.contentHash)

            #expect(unlink(folder.path("migrations/versions/19.py")) == 0)
            #expect(scripts.read(configuration).graph.heads == ["r18"])
            try folder.write("migrations/versions/19.py", Self.script("r19", "r18"))
            let restored = scripts.read(configuration)
            #expect(restored.graph.heads == ["r19"])
            #expect(restored.contentHash == first.contentHash)
        }
    }

    @Test(
        "paths",
        arguments: [
            ("/a/b/c", "/a/b", "c"), ("/a/x/c", "/a/b", "../x/c"), ("/a/b/../x", "/a", "x"), ("/a", "/a", ""),
            ("/x/./y//z", "/x", "y/z"),
        ])
    func paths(path: String, folder: String, relative: String) {
        #expect(FilePaths.relative(path, to: folder) == relative)
        #expect(FilePaths.absolute("m/", in: "/a/b") == "/a/b/m")
        #expect(FilePaths.absolute("", in: "/a/b") == "/a/b")
    }
}
