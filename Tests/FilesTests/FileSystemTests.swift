import Digests
import Files
import Foundation
import Glibc
import Support
import Testing

@Suite struct FileSystemTests {
    @Test func filesAreReplacedInOneStep() async throws {
        try await TemporaryFolder.with { folder in
            let path = try folder.write("file", "old", mode: 0o644)
            try folder.write("file.new", "left behind by a crash")
            let before = FileStamp(path: path)
            try FileSystem.replace(path, with: Array("new".utf8))
            #expect(try folder.read("file") == "new")
            #expect(try FileSystem.readPrivate(path, limit: 10).mode == 0o600)
            #expect(FileStamp(path: path) != before)
            #expect(try FileSystem.list(folder.path).map(\.name) == ["file"])
            #expect(throws: FilesError(errno: ENOENT)) { try FileSystem.replace(folder.path("no/file"), with: []) }
            #expect(throws: FilesError.self) { try FileSystem.replace(folder.path, with: []) }
        }
    }

    @Test func foldersAreListedByCodePoints() async throws {
        try await TemporaryFolder.with { folder in
            for name in ["b", "a", "Z", "\u{FFFD}", "\u{1F600}", "cafe\u{301}", "caf\u{E9}"] {
                try folder.write(name, "")
            }
            mkdir(folder.path("d"), 0o700)
            symlink("a", folder.path("link"))
            mkfifo(folder.path("pipe"), 0o600)
            let entries = try FileSystem.list(folder.path)
            let names = ["Z", "a", "b", "cafe\u{301}", "caf\u{E9}", "d", "link", "pipe", "\u{FFFD}", "\u{1F600}"]
            #expect(entries.map { Array($0.name.utf8) } == names.map { Array($0.utf8) })
            #expect(entries.filter { !$0.isUTF8 }.isEmpty)
            #expect(entries.map(\.kind) == [.file, .file, .file, .file, .file, .folder, .link, .other, .file, .file])
        }
    }

    @Test func namesThatAreNotUTF8AreMarked() async throws {
        try await TemporaryFolder.with { folder in
            var name = Array("\(folder.path)/a".utf8) + [0xFF, 0]
            let descriptor = name.withUnsafeMutableBytes {
                open($0.bindMemory(to: CChar.self).baseAddress ?? UnsafeMutablePointer(bitPattern: 1)!, O_CREAT, 0o600)
            }
            close(descriptor)
            let entries = try FileSystem.list(folder.path)
            #expect(entries.map(\.isUTF8) == [false] && entries.first?.name == "a\u{FFFD}")
        }
    }

    @Test func removalTakesWholeTreesAndNothingElse() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("tree/a/b", "")
            try folder.write("kept", "")
            symlink(folder.path("kept"), folder.path("tree/link"))
            FileSystem.remove(folder.path("tree"))
            FileSystem.remove(folder.path("tree"))
            #expect(try FileSystem.list(folder.path).map(\.name) == ["kept"])
        }
    }

    @Test func paths() {
        #expect(FileSystem.absolute("/a/b") == "/a/b" && FileSystem.folder(of: "/a/b") == "/a")
        let folder = FileManager.default.currentDirectoryPath
        #expect(FileSystem.absolute("a/b") == "\(folder)/a/b" && FileSystem.folder(of: "a") == folder)
    }

    @Test func hashesSeeContentAndNames() async throws {
        try await TemporaryFolder.with { folder in
            let file = try folder.write("f/a", "abc")
            #expect(ContentHash.file(file) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            #expect(ContentHash.file(folder.path("none")) == "" && ContentHash.folder(folder.path("none")) == "")
            let names = ContentHash.folder(folder.path("f"))
            #expect(names == SHA256.hash(Array("a".utf8)).hexadecimal)
            try folder.write("f/a", "changed")
            try folder.write("f/__pycache__/a.pyc", "")
            #expect(ContentHash.folder(folder.path("f")) == names)
            try folder.write("f/b", "")
            #expect(ContentHash.folder(folder.path("f")) == SHA256.hash(Array("a\0b".utf8)).hexadecimal)
        }
    }

    @Test func stampsSettle() async throws {
        try await TemporaryFolder.with { folder in
            let path = try folder.write("file", "a")
            let stamp = try #require(FileStamp(path: path))
            #expect(!stamp.isAtRest(at: stamp.changed) && !stamp.isAtRest(at: stamp.changed + 100_000_000))
            #expect(stamp.isAtRest(at: stamp.changed + 100_000_001))
            #expect(abs(FileStamp.now - stamp.changed) < 60_000_000_000)
            // A restored modification time does not hide a change.
            try FileManager.default.setAttributes([.modificationDate: Date.distantPast], ofItemAtPath: path)
            #expect(FileStamp(path: path) != stamp)
        }
    }
}
