import Revisions
import Testing

@testable import Scripts

/// The text of scripts below their statements: encodings, indentation, the newer kinds of strings.
@Suite("script headers: text")
struct PythonTextTests {
    private static func read(_ bytes: [UInt8]) -> ScriptHeader {
        ScriptHeader(bytes, file: "versions/some_step.py")
    }

    @Test(
        "a cookie counts where Python searches for it",
        arguments: [
            ("# coding: latin-1\n", "Ã©"), ("#!python\n  # vim: set fileencoding=latin_1 :\n", "Ã©"),
            ("\n# coding=iso-8859-1-unix\n", "Ã©"), ("# coding: utf-8-emacs\n", "é"), ("# coding: UTF8\n", "é"),
            ("x = 1\n# coding: latin-1\n", "é"), ("\n\n# coding: latin-1\n", "é"), ("'''\n# coding: latin-1'''\n", "é"),
            ("# coding latin-1\n", "é"), ("# codingé: latin-1\n", "é"), ("# coding:\n# coding: latin-1\n", "Ã©"),
            ("#" + String(repeating: " ", count: 1000) + "coding: latin-1\n", "Ã©"),
        ])
    func cookies(start: String, id: String) {
        let header = Self.read(Array("\(start)revision = 'é'\ndown_revision = None\n".utf8))
        #expect(header.problem == nil)
        #expect(header.revision?.id == id)
    }

    @Test(
        "with an unknown encoding nothing is known, but it is not a fault",
        arguments: [
            ("utf-7", "+AGE-"), ("unicode_escape", "\\x61"), ("shift_jis", "é"), ("gbk", "é"), ("cp1252", "é"),
            ("cp037", "a"),
        ])
    func otherEncodings(name: String, id: String) {
        let header = Self.read(Array("# coding: \(name)\nrevision = '\(id)'\ndown_revision = None\n".utf8))
        #expect(header.problem?.code == "graph.notLiteral")
        #expect(header.revision == nil)
    }

    @Test("ASCII is the same in most encodings", arguments: ["gbk", "shift_jis", "cp1252", "iso8859-15", "ascii"])
    func ascii(name: String) {
        #expect(Self.read(Array("# coding: \(name)\nrevision = 'a'\ndown_revision = None\n".utf8)).revision?.id == "a")
    }

    @Test(
        "backslashes before doubled braces of f-strings",
        arguments: [
            ("f'\\{{a}}'", "\\{a}"), ("f'\\}}'", "\\}"), ("rf'\\{{'", "\\{"), ("f'\\\\{{'", "\\{"),
            ("f'{{\\n}}'", "{\n}"),
        ])
    func braces(literal: String, id: String) {
        let header = Self.read(Array("revision = \(literal)\ndown_revision = None\n".utf8))
        #expect(header.problem == nil)
        #expect(header.revision?.id == id)
    }

    @Test("a t-string is not a string", arguments: ["t'a'", "rt'a'", "T''"])
    func templates(literal: String) {
        let header = Self.read(Array("revision = \(literal)\ndown_revision = None\n".utf8))
        #expect(header.problem?.code == "graph.notLiteral")
    }

    @Test(
        "where an indentation continues after a backslash, the part before it counts",
        arguments: [
            "if x:\n  y\n  \\\n      z\n", "if x:\n  \\\nz\n  y\n", "\\\nx\n", "if x:\n  y\n  \\\n\n  \\\n# c\nz\n",
        ])
    func indentation(text: String) {
        #expect(Self.read(Array("\(text)revision = 'a'\ndown_revision = None\n".utf8)).problem == nil)
    }

    @Test("an indentation with a backslash that matches no level", arguments: ["if x:\n  y\n \\\n z\n", "\\\n  x\n"])
    func wrongIndentation(text: String) {
        #expect(Self.read(Array(text.utf8)).problem?.code == "graph.unreadable")
    }

    @Test("names that are repeated by reference do not fill the memory")
    func repetition() {
        let name = "NAME = '\(String(repeating: "x", count: 100_000))'\n"
        let down = "down_revision = (\(String(repeating: "NAME,", count: 20_000)))\n"
        let header = Self.read(Array("\(name)revision = 'a'\n\(down)".utf8))
        #expect(header.problem?.code == "graph.unreadable")
        #expect(header.problem?.line == 3)
        #expect(header.revision?.down == [])
        let twice = Self.read(Array("\(name)revision = 'a'\ndown_revision = NAME, NAME\n".utf8))
        #expect(twice.revision?.down.count == 2)
    }
}
