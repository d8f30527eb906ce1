import FoundationEssentials
import Glibc
import Revisions
import Support
import Testing

@testable import Alembic

/// Files that are not valid scripts: each is one finding, and the rest of the graph is read.
@Suite("project: bad scripts")
struct BadScriptTests {
    /// Reads a project with two good scripts and the files that the body adds to its versions folder.
    private static func read(
        settings: String = "", _ arrange: (_ versions: String) throws -> Void
    ) async throws -> ScriptReading {
        try await TemporaryFolder.with { folder in
            try folder.write("migrations/versions/1_good.py", ProjectScriptTests.script("good1", nil))
            try folder.write("migrations/versions/2_good.py", ProjectScriptTests.script("good2", "good1"))
            try arrange(folder.path("migrations/versions"))
            // Contents are not compared, and hashing them would take longer than reading.
            var scripts = ScriptReader(hash: { _ in [] })
            let reading = scripts.read(try ProjectScriptTests.project(folder, settings: settings))
            #expect(reading.graph["good2"]?.down == ["good1"])
            return reading
        }
    }

    private static func nested(_ open: String, _ inner: String, _ close: String, _ count: Int = 5000) -> String {
        String(repeating: open, count: count) + inner + String(repeating: close, count: count)
    }

    private static let header = "revision = 'bad1'\ndown_revision = 'good2'\n"

    /// The content of a file, and the problem with it; no code when Alembic accepts it.
    struct Content {
        var bytes: [UInt8]
        var code: String?
        var word = ""

        init(_ text: String) {
            bytes = Array(text.utf8)
        }

        init(_ bytes: [UInt8], unreadable word: String) {
            self.bytes = bytes
            code = "graph.unreadable"
            self.word = word
        }

        init(_ text: String, unreadable word: String) {
            self.init(Array(text.utf8), unreadable: word)
        }
    }

    private static let contents = binary + broken + unusual

    private static let binary = [
        Content("\u{7F}ELF\u{2}\u{1}\u{1}\0", unreadable: "NUL"),
        Content([0x89] + Array("PNG\r\n\u{1A}\n\0\0\0\rIHDR".utf8), unreadable: "NUL"),
        Content((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 167 | 1) }, unreadable: "(line 1)"),
        Content(Array(header.utf16.map { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }.joined()), unreadable: "NUL"),
        Content(Array(header.utf8) + [0xFF], unreadable: "UTF-8"),
        Content([UInt8](repeating: 0, count: 30 << 20), unreadable: "NUL"),
    ]

    private static let broken = [
        Content("", unreadable: "does not set revision"),
        Content(nested("(", "'bad1'", ")"), unreadable: "does not set revision"),
        Content(header + "\0", unreadable: "(line 3)"),
        Content(header + "x = 'abc\n", unreadable: "(line 3)"),
        Content(header + "x = '''abc\n\n", unreadable: "(line 3)"),
        Content(header + "x = f'{", unreadable: "(line 3)"),
        Content(header + "x = {[(\n\n", unreadable: "(line 3)"),
        Content(header + nested("if x:\n", "", "  y\n"), unreadable: "indented block"),
    ]

    private static let unusual = [
        Content("revision = \(nested("(", "'bad1'", ")"))\ndown_revision = 'good2'\n"),
        Content(header + nested("if x:\n  y\n", "", "")),
        Content(header + staircase(120)),
        Content(nested("# comment\n", "", "") + header),
        Content("def f():\n    x = '''" + nested("revision = 'no'\n", "", "") + "'''\n" + header),
    ]

    /// Nested blocks.
    private static func staircase(_ count: Int) -> String {
        let steps = (0..<count).map { String(repeating: " ", count: $0) + "if x:\n" }
        return steps.joined() + String(repeating: " ", count: count) + "y\n"
    }

    @Test("one finding for each content, and the rest is read", arguments: contents.indices)
    func content(index: Int) async throws {
        let content = Self.contents[index]
        let reading = try await Self.read { versions in
            try Data(content.bytes).write(to: URL(filePath: "\(versions)/x_bad.py"))
        }
        guard let code = content.code else {
            #expect(reading.graph.problems == [])
            #expect(reading.graph.heads == ["bad1"])
            return
        }
        let problem = try #require(reading.graph.problems.first)
        #expect(reading.graph.problems.count == 1)
        #expect(problem.code == code && problem.file == "migrations/versions/x_bad.py" && problem.isBlocking)
        #expect(problem.message.contains(content.word), "\(problem.message)")
        #expect(problem.message.contains(". "), "it says what to do: \(problem.message)")
    }

    @Test("a file longer than the limit is not read")
    func hugeFile() async throws {
        let reading = try await Self.read { versions in
            try Data().write(to: URL(filePath: "\(versions)/huge.py"))
            #expect(truncate("\(versions)/huge.py", 65 << 20) == 0)
        }
        #expect(reading.graph.problems.count == 1)
        #expect(reading.graph.problems.first?.message.contains("64 MiB") == true)
    }

    /// Ids of any kind, as a literal and as read.
    @Test(
        "ids keep every character",
        arguments: [
            ("'it\\'s \"q\"'", "it's \"q\""), ("'a\\nb'", "a\nb"), ("'\\x1b[31mred'", "\u{1B}[31mred"), ("'\\0'", "\0"),
            ("'\u{E9}'", "\u{E9}"), ("'e\u{301}'", "e\u{301}"), ("'\\u202egnirts'", "\u{202E}gnirts"),
            ("'\u{1F600}'", "😀"),
            ("' a '", " a "),
        ])
    func ids(literal: String, id: String) async throws {
        let reading = try await Self.read { versions in
            try Data("revision = \(literal)\ndown_revision = 'good2'\n".utf8)
                .write(to: URL(filePath: "\(versions)/x.py"))
        }
        #expect(reading.graph.problems == [])
        #expect(reading.graph.heads.map { Array($0.utf8) } == [Array(id.utf8)])
    }

    @Test("ids that look the same are two revisions, a long id is reported, a lone surrogate is left to Python")
    func moreIds() async throws {
        let reading = try await Self.read { versions in
            let long = String(repeating: "x", count: 10_000)
            for (name, id) in [("nfc", "\u{E9}"), ("nfd", "e\u{301}"), ("long", long), ("surrogate", "\\ud800")] {
                try Data(ProjectScriptTests.script(id, "good2").utf8).write(to: URL(filePath: "\(versions)/\(name).py"))
            }
        }
        #expect(reading.graph.heads.count == 3)
        let problems = Dictionary(uniqueKeysWithValues: reading.graph.problems.map { ($0.file ?? "", $0) })
        #expect(problems["migrations/versions/long.py"]?.code == "graph.idTooLong")
        #expect(problems["migrations/versions/long.py"]?.message.contains("10000 characters") == true)
        #expect(problems["migrations/versions/surrogate.py"]?.code == "graph.notLiteral")
    }
}
