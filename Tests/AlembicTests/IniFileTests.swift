import Testing

@testable import Alembic

/// Inputs that a naive reader of INI files reads differently from Python's ConfigParser.
@Suite("project: INI files")
struct IniFileTests {
    private static func read(_ text: String) throws -> IniFile {
        try IniFile(Array(text.utf8), file: "/here/x.ini", here: "/here")
    }

    /// Swift's characters combine a letter with its accent, and some different code points compare equal.
    @Test(
        "code points, not characters",
        arguments: [
            ("[a]\nk = v\n#\u{301} x\n", "v"), ("[a]\nk =\u{301}v\n", "\u{301}v"), ("[a]\nk\u{301} = w\nk = v\n", "v"),
            ("[a]\nk = %\u{301}\n", nil), ("[a]\nk = %(x)s\u{301}\nx = v\n", "v\u{301}"),
            ("[a]\u{301}\nk = v\n", "v"), ("[a]\nk = x\n  \u{37E} v\n", "x\n\u{37E} v"),
            ("[a]\nk = %(e\u{301})s\ne\u{301} = v\n\u{E9} = w\n", "v"),
            ("[a]\nk = %(e\u{301})s\n\u{E9} = w\n", nil),
        ] as [(String, String?)])
    func codePoints(ini: String, expected: String?) throws {
        let file = try Self.read(ini)
        guard let expected else {
            #expect(throws: AlembicError.self) { try file.value("k", in: "a") }
            return
        }
        #expect(try file.value("k", in: "a")?.text.unicodeScalars.elementsEqual(expected.unicodeScalars) == true)
    }

    @Test("a Greek question mark is not a semicolon")
    func questionMark() throws {
        #expect(throws: AlembicError.self) { try Self.read("[a]\nk = v\n\u{37E} x\n") }
        #expect(PathList.separator(";") == ";")
        #expect(PathList.separator("\u{37E}") == nil)
    }

    @Test("sections whose names look the same are different")
    func sections() throws {
        let file = try Self.read("[\u{E9}]\nk = v\n[e\u{301}]\nk = w\n")
        #expect(try file.value("k", in: "\u{E9}")?.text == "v")
        #expect(try file.value("k", in: "e\u{301}")?.text == "w")
        #expect(!file.hasSection("E\u{301}"))
    }

    /// ConfigParser has no limit.
    @Test("the interpolation of values that double at each level stops", arguments: ["", "v"])
    func doubling(last: String) throws {
        let levels = (1...8).map { "l\($0) = " + String(repeating: "%(l\($0 + 1))s", count: 64) + "\n" }.joined()
        let file = try Self.read("[a]\n\(levels)l9 = \(last)\n")
        #expect(try file.value("l8", in: "a")?.text == String(repeating: last, count: 64))
        let error = #expect(throws: AlembicError.self) { try file.value("l1", in: "a") }
        #expect(error?.message.contains("too long") == true)
        #expect(error?.line != nil)
    }

    @Test("the time for long values is linear")
    func long() throws {
        let count = 1 << 13
        let percents = try Self.read("[a]\nk = " + String(repeating: "x%%", count: count) + "\n")
        #expect(try percents.value("k", in: "a")?.text.utf8.count == 2 * count)
        let lines = try Self.read("[a]\nk =\n" + String(repeating: "  x\n", count: count))
        #expect(try lines.value("k", in: "a")?.text.utf8.count == 2 * count)
        let text = String(repeating: "x", count: 1 << 18)
        #expect(PathList.splitLegacy(text, splitsAtColons: true) == [text])
        #expect(PathList.splitLegacy(String(repeating: ", ", count: count), splitsAtColons: false).count == count + 1)
    }

    @Test("an error in a setting of [DEFAULT] has its line")
    func defaults() throws {
        let file = try Self.read("[DEFAULT]\nk = v\n[a]\n")
        #expect(file.line(of: "K", in: "a") == 2)
        #expect(file.line(of: "k", in: "b") == nil)
    }
}
