import FoundationEssentials
import Glibc
import Revisions
import Support
import Testing

@testable import Alembic

/// Unusual file names and kinds of files: each one that Alembic would load is read or reported.
@Suite("project: bad files")
struct BadFileTests {
    /// Creates a file whose name is given in bytes.
    private static func make(_ folder: String, _ name: [UInt8], _ text: String) throws {
        let path = (Array(folder.utf8) + [UInt8(ascii: "/")] + name + [0]).map { CChar(bitPattern: $0) }
        let descriptor = open(path, O_CREAT | O_WRONLY, 0o600)
        guard descriptor >= 0 else { throw SupportError("No file can be made in \(folder).") }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw SupportError("No file was written.") }
    }

    private static func makeSocket(_ path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8) + [0]) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw SupportError("No socket can be made at \(path).") }
    }

    /// Every unusual name, in one folder.
    private static func arrange(_ folder: TemporaryFolder) throws -> ProjectConfiguration {
        let versions = folder.path("migrations/versions")
        try folder.write("migrations/versions/inner/deep.py", ProjectScriptTests.script("deep", nil))
        try folder.write("migrations/versions/folder.py/inside.py", ProjectScriptTests.script("inside", nil))
        try folder.write("elsewhere/target.py", ProjectScriptTests.script("target", nil))
        let names: [[UInt8]] = [
            Array("good.py".utf8), Array("caf\u{E9}.py".utf8), Array("cafe\u{301}.py".utf8),
            Array("line\nbreak.py".utf8),
            Array("end.py\n".utf8), Array("two.py\n\n".utf8), Array("__init__\u{301}.py".utf8),
            Array(".#\u{301}.py".utf8),
            Array("\u{600}.py".utf8), Array("accent.py\u{301}".utf8), Array("e.p\u{301}y".utf8), Array("caps.PY".utf8),
            Array("space .py".utf8), Array(".py".utf8), Array("esc\u{1B}[31m.py".utf8),
            [0x63, 0xE9] + Array(".py".utf8),
            [0x63, 0xE8] + Array(".py".utf8), [0xFF, 0xFE], Array("x.py~".utf8), Array("x.pyw".utf8),
        ]
        for (number, name) in names.enumerated() {
            try make(versions, name, ProjectScriptTests.script("n\(number)", nil))
        }
        for (link, target) in [
            ("self.py", "self.py"), ("one.py", "other.py"), ("other.py", "one.py"), ("up", ".."), ("here.py", "."),
            ("gone.py", "nowhere.py"), ("gone.txt", "nowhere.py"), ("linked.txt", "../../elsewhere/target.py"),
            ("again.py", "good.py"), ("null.py", "/dev/null"),
        ] {
            guard symlink(target, "\(versions)/\(link)") == 0 else { throw SupportError("No link can be made.") }
        }
        guard mkfifo("\(versions)/pipe.py", 0o600) == 0 else { throw SupportError("No pipe can be made.") }
        try makeSocket("\(versions)/socket.py")
        return try ProjectScriptTests.project(folder, settings: "recursive_version_locations = true")
    }

    /// The real paths of the files that Alembic would load, one per line in hexadecimal digits; none is loaded.
    private static let alembic = """
        import os, sys
        from pathlib import Path
        from types import SimpleNamespace
        from alembic.script import base
        directory = SimpleNamespace(sourceless=False, recursive_version_locations=True)
        for path in base.Script._list_py_dir(directory, Path(sys.argv[1])):
            try:
                path = path.resolve()
            except RuntimeError:
                path = Path(os.path.abspath(path))
            if base._only_source_rev_file.match(path.name):
                print(os.fsencode(path).hex())
        """

    @Test("every file that Alembic would load is read or has a finding, and no other file is read")
    func sameFiles() async throws {
        try await TemporaryFolder.with { folder in
            let configuration = try Self.arrange(folder)
            let files = VersionFiles(configuration)
            let outcome = try await Program.run(
                TestPython.interpreter, ["-c", Self.alembic, folder.path("migrations/versions")])
            try #require(outcome.status == 0, "\(outcome.standardError)")
            // As bytes, because names that look the same are equal as strings, and findings replace invalid UTF-8.
            func bytes(_ paths: [String]) -> Set<[UInt8]> { Set(paths.map { Array($0.utf8) }) }
            let expected = bytes(outcome.lines.map(Self.text))
            let read = bytes(files.files.map(\.realPath))
            let reported = bytes(files.problems.filter(\.isBlocking).map { folder.path($0.file ?? "") })
            // Broken links are reported by their own names, not by those of their targets.
            let links = bytes(["gone.py", "gone.txt", "nowhere.py"].map { folder.path("migrations/versions/\($0)") })
            #expect(read.isSubset(of: expected) && files.files.count == read.count)
            #expect(expected.subtracting(read).subtracting(links) == reported.subtracting(links))
            // Alembic would block on the pipe, fail for the others, and read the file whose name is not UTF-8.
            let words = [
                "pipe.py": "a pipe", "socket.py": "a socket", "self.py": "symbolic links", "one.py": "symbolic links",
                "other.py": "symbolic links", "gone.py": "No such file", "gone.txt": "No such file",
                "end.py\n": "line break", "c\u{FFFD}.py": "not UTF-8", "folder.py": "ignores",
                "here.py": "ignores",
            ]
            let problems = Dictionary(grouping: files.problems) { $0.file ?? "" }
            #expect(Set(problems.keys) == Set(words.keys.map { "migrations/versions/\($0)" }))
            for (name, word) in words {
                let found = problems["migrations/versions/\(name)"] ?? []
                #expect(!found.isEmpty && found.allSatisfy { $0.message.contains(word) }, "\(name): \(found)")
                #expect(
                    found.allSatisfy { $0.code == "graph.unreadable" && ($0.message.contains(". ") || !$0.isBlocking) })
            }
        }
    }

    private static func text(hexadecimal: String) -> String {
        let digits = Array(hexadecimal.utf8)
        let bytes = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16) ?? 0
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("two names that look the same are two files")
    func lookAlikes() async throws {
        try await TemporaryFolder.with { folder in
            let versions = folder.path("migrations/versions")
            try folder.write("migrations/versions/good.py", ProjectScriptTests.script("good", nil))
            try Self.make(versions, Array("caf\u{E9}.py".utf8), ProjectScriptTests.script("a1", "good"))
            try Self.make(versions, Array("cafe\u{301}.py".utf8), ProjectScriptTests.script("b1", "a1"))
            let configuration = try ProjectScriptTests.project(folder)
            let files = VersionFiles(configuration).files
            #expect(Set(files.map { Array($0.path.utf8) }).count == 3)
            var scripts = ScriptReader(hash: ProjectScriptTests.hash)
            let reading = scripts.read(configuration)
            #expect(reading.graph.problems == [])
            #expect(reading.graph.order == ["good", "a1", "b1"])
        }
    }

    /// Root can read everything, so the test runs as nobody (65534), in a process of its own.
    @Test("files without read permission are reported, and the others are read")
    func unreadable() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("migrations/versions/good.py", ProjectScriptTests.script("good", nil), mode: 0o644)
            try folder.write("migrations/versions/secret.py", ProjectScriptTests.script("secret", nil), mode: 0)
            try folder.write("migrations/versions/closed/inside.py", ProjectScriptTests.script("inside", nil))
            try folder.write("migrations/versions/listed/inside.py", ProjectScriptTests.script("inside", nil))
            _ = try ProjectScriptTests.project(folder, settings: "recursive_version_locations = true")
            let versions = folder.path("migrations/versions")
            for path in [folder.path, folder.path("migrations"), versions] { #expect(chmod(path, 0o755) == 0) }
            for path in ["alembic.ini", "migrations/env.py"] { #expect(chmod(folder.path(path), 0o644) == 0) }
            // One folder cannot be listed; the other only lists names.
            #expect(chmod("\(versions)/closed", 0) == 0 && chmod("\(versions)/listed", 0o744) == 0)
            await #expect(processExitsWith: .success) { [path = folder.path as String] in
                if getuid() == 0 { #expect(setgid(65534) == 0 && setuid(65534) == 0) }
                var scripts = ScriptReader(hash: ProjectScriptTests.hash)
                let reading = scripts.read(try ProjectConfiguration.read(folder: path))
                #expect(reading.graph["good"] != nil)
                #expect(
                    reading.graph.problems.map(\.file) == [
                        "migrations/versions/closed", "migrations/versions/listed/inside.py",
                        "migrations/versions/secret.py",
                    ])
                #expect(reading.graph.problems.allSatisfy { $0.message.contains("Permission denied") && $0.isBlocking })
            }
            // Allows the folder to be removed.
            #expect(chmod("\(versions)/closed", 0o700) == 0 && chmod("\(versions)/listed", 0o700) == 0)
        }
    }
}
