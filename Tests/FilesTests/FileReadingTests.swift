import Files
import Foundation
import Glibc
import Support
import Testing

@Suite(.timeLimit(.minutes(1))) struct FileReadingTests {
    private static func code(_ body: () throws(FilesError) -> Void) -> FilesError.Code? {
        do {
            try body()
            return nil
        } catch {
            return error.code
        }
    }

    private static func code(reading path: String, limit: Int = 100) -> FilesError.Code? {
        code { () throws(FilesError) in _ = try FileSystem.read(path, limit: limit) }
    }

    private static func code(readingPrivate path: String, limit: Int = 100) -> FilesError.Code? {
        code { () throws(FilesError) in _ = try FileSystem.readPrivate(path, limit: limit) }
    }

    @Test(arguments: [0, 1, 99, 100, 65_535, 65_536, 65_537, 200_001]) func wholeFiles(_ size: Int) async throws {
        try await TemporaryFolder.with { folder in
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let path = folder.path("file")
            try FileSystem.replace(path, with: bytes)
            #expect(try FileSystem.read(path) == bytes)
            #expect(try FileSystem.read(path, limit: size) == bytes)
            #expect(try FileSystem.readWithStamp(path).stamp == FileStamp(path: path))
            let file = try FileSystem.readPrivate(path, limit: size)
            #expect(file.bytes == bytes && file.owner == geteuid() && file.mode == 0o600)
            if size > 0 {
                #expect(Self.code(reading: path, limit: size - 1) == .tooLarge)
                #expect(Self.code(readingPrivate: path, limit: size - 1) == .tooLarge)
            }
        }
    }

    @Test func pipesAndFolders() async throws {
        try await TemporaryFolder.with { folder in
            let pipe = folder.path("pipe")
            try #require(mkfifo(pipe, 0o600) == 0)
            for path in [pipe, folder.path, "/dev/null"] {
                #expect(Self.code(reading: path) == .notRegular, "\(path)")
                #expect(Self.code(readingPrivate: path) == .notRegular, "\(path)")
            }
        }
    }

    @Test func links() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("file", "text", mode: 0o640)
            let link = folder.path("link")
            try #require(symlink("file", link) == 0)
            #expect(try FileSystem.read(link) == Array("text".utf8))
            #expect(Self.code(readingPrivate: link) == .symbolicLink)
            #expect(try FileSystem.readPrivate(folder.path("file"), limit: 10).mode == 0o640)
            let followed = try FileSystem.readPrivate(link, limit: 10, followsLinks: true)
            #expect(followed.bytes == Array("text".utf8) && followed.mode == 0o640)
            #expect(FileSystem.linkTarget(link) == "file" && FileSystem.linkTarget(folder.path("file")) == nil)
            #expect(try FileSystem.realPath(link) == FileSystem.realPath(folder.path("file")))
            #expect(try FileSystem.status(link).kind == .file)
            #expect(try FileSystem.status(link, followsLinks: false).kind == .link)
            try #require(symlink("loop", folder.path("loop")) == 0)
            #expect(Self.code(reading: folder.path("loop")) == .system)
            #expect(Self.code(readingPrivate: folder.path("loop")) == .symbolicLink)
        }
    }

    @Test func whatIsMissing() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("file", "text")
            for path in [folder.path("none"), folder.path("file/none"), ""] {
                #expect(Self.code(reading: path) == .missing, "\(path)")
                #expect(Self.code(readingPrivate: path) == .missing, "\(path)")
            }
            #expect(throws: FilesError(.missing, "No such file or directory")) { try FileSystem.list(folder.path("x")) }
            #expect(FileStamp(path: folder.path("none")) == nil)
        }
    }

    /// Root may read everything, so that this needs a process of another user.
    @Test func whatIsDenied() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("file", "text", mode: 0o000)
            guard geteuid() != 0 else { return }
            #expect(Self.code(reading: folder.path("file")) == .denied)
            #expect(Self.code(readingPrivate: folder.path("file")) == .denied)
        }
        #expect(FilesError(errno: EACCES) == FilesError(.denied, "Permission denied"))
        #expect(FilesError(errno: EPERM).code == .denied && FilesError(errno: EIO).code == .system)
    }

    @Test func descriptorsThatArePipes() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let text = Array("some bytes".utf8)
        try #require(write(ends[1], text, text.count) == text.count)
        close(ends[1])
        #expect(try FileSystem.read(ends[0], size: 0, limit: 100) == text)
        close(ends[0])
        #expect(throws: FilesError(errno: EBADF)) { try FileSystem.read(-1, size: 0, limit: 1) }
    }

    @Test(
        arguments: [
            (10, "it is larger than 10 bytes"), (64 << 10, "it is larger than 64 KiB"),
            (1 << 20, "it is larger than 1 MiB"),
        ])
    func sizesAreReadable(limit: Int, message: String) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path("file")
            try FileSystem.replace(path, with: [UInt8](repeating: 0, count: limit + 1))
            #expect(throws: FilesError(.tooLarge, message)) { try FileSystem.read(path, limit: limit) }
        }
    }

    @Test func errorTexts() {
        #expect(SystemError.text(ENOENT) == "No such file or directory")
        #expect(SystemError.text(99_999).contains("99999"))
    }
}
