import FoundationEssentials
import Glibc
import Support
import Testing
import Wire

/// `schemad graph` with a versions folder full of invalid and unusual files.
@Suite struct BadScriptFolderTests {
    /// A file and the expected finding: its code and a part of its message. Valid files have no code.
    private struct BadFile {
        var name: String
        var bytes: [UInt8]
        var code: String?
        var word: String

        init(_ name: String, _ bytes: [UInt8], _ code: String?, _ word: String = "") {
            self.name = name
            self.bytes = bytes
            self.code = code
            self.word = word
        }

        init(_ name: String, _ text: String, _ code: String?, _ word: String = "") {
            self.init(name, Array(text.utf8), code, word)
        }
    }

    private static func script(_ id: String, _ down: String = "'aaaa11'", doc: String = "") -> String {
        "'''\(doc)'''\nrevision = '\(id)'\ndown_revision = \(down)\n"
    }

    private static let unreadable = "graph.unreadable"
    private static let bad = [
        BadFile("elf.py", "\u{7F}ELF\u{2}\u{1}\u{1}\0", unreadable, "NUL"),
        BadFile("random.py", (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 167 | 1) }, unreadable, "(line 1)"),
        BadFile(
            "utf16.py", Array(script("u16").utf16.map { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }.joined()), unreadable,
            "NUL"),
        BadFile("nul.py", script("nul") + "\0", unreadable, "NUL byte (line 4)"),
        BadFile("string.py", script("str") + "x = 'abc\n", unreadable, "string"),
        BadFile("text.py", script("txt") + "x = '''abc\n", unreadable, "string"),
        BadFile("bracket.py", script("bra") + "x = [(\n", unreadable, "bracket"),
        BadFile("deep.py", script("deep") + String(repeating: "(", count: 100_000), unreadable, "bracket"),
        BadFile("empty.py", "", unreadable, "does not set revision"),
        BadFile("number.py", "revision = 5\ndown_revision = None\n", unreadable, "is not a string"),
        BadFile("colon.py", script("a:b"), unreadable, "':'"),
        BadFile("long.py", script(String(repeating: "x", count: 10_000)), "graph.idTooLong", "10000 characters"),
        BadFile("orphan.py", script("orphan", "'gone00'"), "graph.missingParent", "'gone00'"),
        BadFile("twin.py", script("aaaa11", "None"), "graph.duplicateId", "good.py"),
        BadFile("circle1.py", script("circle1", "'circle2'"), "graph.cycle", "circle1 → circle2 → circle1"),
        BadFile("circle2.py", script("circle2", "'circle1'"), nil),
        BadFile("sized.py", String(repeating: "# comment\n", count: 105_000) + script("sized"), nil),
        BadFile("wide.py", "x = [" + String(repeating: "1,", count: 1 << 19) + "]\n" + script("wide"), nil),
        BadFile(
            "nested.py",
            script("nested") + "x = " + String(repeating: "[", count: 100_000)
                + String(repeating: "]", count: 100_000) + "\n", nil),
        BadFile("quoted.py", script("it\\'s \"q\"", doc: "it's \"q\" <&>"), nil),
        BadFile("escaped.py", script("\\x1b[31m\\nred\\x9b", doc: "\u{1B}]0;title\u{7}\u{202E}\u{9B}"), nil),
        BadFile("accent.py", script("\u{E9}t\u{E9}"), nil),
        BadFile("line\nbreak.py", "not a script for Alembic", nil),
        BadFile("esc\u{1B}[31m.py", script("named"), nil),
    ]

    private static let good = "revision = 'aaaa11'\ndown_revision = None\n"
    private static let ids = [
        "aaaa11", "bbbb22", "sized", "wide", "nested", "it's \"q\"", "\u{1B}[31m\nred\u{9B}", "\u{E9}t\u{E9}", "named",
    ]

    /// - Parameter sizeLimit: files of more bytes are left out.
    private static func with(
        sizeLimit: Int = .max, _ body: (TemporaryFolder) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            try folder.write(
                "alembic.ini", "[alembic]\nscript_location = m\nrecursive_version_locations = true\n")
            try folder.write("m/env.py", "raise SystemExit('must not run')")
            try folder.write("m/versions/good.py", good)
            try folder.write("m/versions/inner/next.py", script("bbbb22"))
            for file in bad where file.bytes.count <= sizeLimit {
                try Data(file.bytes).write(to: URL(filePath: folder.path("m/versions/\(file.name)")))
            }
            try folder.write("m/versions/folder.py/inside.txt", "")
            let versions = folder.path("m/versions")
            for (link, target) in [("self.py", "self.py"), ("up", ".."), ("gone.py", "nowhere.py")] {
                #expect(symlink(target, "\(versions)/\(link)") == 0)
            }
            #expect(mkfifo("\(versions)/pipe.py", 0o600) == 0)
            let name = Array("\(versions)/".utf8) + [0x63, 0xE9] + Array(".py".utf8) + [0]
            #expect(symlink("good.py", name.map { CChar(bitPattern: $0) }) == 0)
            try await body(folder)
        }
    }

    private static let links = [
        ("self.py", "symbolic links"), ("gone.py", "No such file"), ("pipe.py", "a pipe"),
        ("c\u{FFFD}.py", "not UTF-8"),
        ("folder.py", "a folder"),
    ]

    private static func graph(_ folder: TemporaryFolder, _ arguments: [String]) async throws -> Program.Outcome {
        try await Program.run(
            try Products.path("schemad"),
            ["graph", "--project", folder.path, "--python", TestPython.interpreter] + arguments,
            environment: ["ALEMBIC_CONFIG": nil])
    }

    @Test func eachInvalidFileHasOneFinding() async throws {
        try await Self.with { folder in
            let outcome = try await Self.graph(folder, ["--json"])
            #expect(outcome.status == 1 && outcome.standardError.isEmpty)
            #expect(outcome.standardOutput.utf8.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F })
            let json = try JSON.parse(Array(outcome.standardOutput.utf8))
            let revisions = json["revisions"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
            for id in Self.ids { #expect(revisions.contains { $0.utf8.elementsEqual(id.utf8) }, "\(id)") }

            let problems = json["problems"]?.arrayValue ?? []
            let expected =
                Self.bad.filter { $0.code != nil }.map { ($0.name, $0.code ?? "", $0.word) }
                + Self.links.map { ($0.0, Self.unreadable, $0.1) }
            #expect(Set(problems.map { $0["file"]?.stringValue }) == Set(expected.map { "m/versions/\($0.0)" }))
            #expect(problems.count == expected.count)
            for (name, code, word) in expected {
                let problem = problems.first { $0["file"]?.stringValue == "m/versions/\(name)" }
                let message = problem?["message"]?.stringValue ?? ""
                #expect(problem?["code"]?.stringValue == code, "\(name): \(message.prefix(200))")
                #expect(message.contains(word), "\(name): \(message.prefix(200))")
            }
            // The line of the variable, or of the syntax error.
            for (name, line) in [("orphan.py", 3), ("colon.py", 2), ("nul.py", 4), ("circle1.py", 3)]
                as [(String, Int64)]
            {
                let problem = problems.first { $0["file"]?.stringValue == "m/versions/\(name)" }
                #expect(problem?["line"]?.integerValue == line, "\(name)")
            }
        }
    }

    @Test func drawingsContainNoControlCharacters() async throws {
        // The large files would be read three times and add nothing.
        try await Self.with(sizeLimit: 20_000) { folder in
            for arguments in [[], ["--format", "dot"], ["--format", "mermaid"]] {
                let outcome = try await Self.graph(folder, arguments)
                #expect(outcome.status == 1)
                let text = outcome.standardOutput + outcome.standardError
                let hidden = text.unicodeScalars.filter {
                    switch $0.properties.generalCategory {
                    case .control, .format: $0 != "\n"
                    default: false
                    }
                }
                #expect(hidden.isEmpty, "\(arguments)")
                #expect(text.contains("bbbb22") && text.contains("graph.unreadable"))
            }
        }
    }

    /// A lone surrogate is valid in a Python string and cannot be encoded in UTF-8.
    @Test func loneSurrogateInOneScript() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("alembic.ini", "[alembic]\nscript_location = m\n")
            try folder.write("m/env.py", "raise SystemExit('must not run')")
            try folder.write("m/versions/good.py", Self.good)
            try folder.write("m/versions/half.py", Self.script("\\ud800"))
            try folder.write("m/versions/computed.py", "revision = 'cccc' + '33'\ndown_revision = 'aaaa11'\n")
            let outcome = try await Self.graph(folder, ["--json"])
            #expect(outcome.status == 1)
            let json = try JSON.parse(Array(outcome.standardOutput.utf8))
            #expect(json["order"] == ["aaaa11", "cccc33"])
            let problems = json["problems"]?.arrayValue ?? []
            #expect(problems.count == 1)
            #expect(problems.first?["file"] == "m/versions/half.py")
            #expect(problems.first?["code"]?.stringValue == Self.unreadable)
            #expect(problems.first?["message"]?.stringValue?.contains("lone surrogate") == true)
        }
    }
}
