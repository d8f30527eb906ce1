import Revisions
import Testing

@testable import Scripts

@Suite("script headers")
struct HeaderTests {
    static let tail = "\ndown_revision = None\n"

    static func read(_ text: String, file: String = "versions/some_step.py") -> ScriptHeader {
        ScriptHeader(Array(text.utf8), file: file)
    }

    @Test(
        "spellings of a string",
        arguments: [
            ("'a1'", "a1"), ("\"a1\"", "a1"), ("u'a1'", "a1"), ("R'a\\1'", "a\\1"), ("'''a1'''", "a1"),
            ("'a' \"b\" '''c'''", "abc"),
            ("('a1')", "a1"), ("(\n    'a'  # one\n    'b'\n)", "ab"), ("'a\\x41\\u00e9\\101'", "aAéA"),
            ("'a\\\nb'", "ab"),
            ("'\\q'", "\\q"), ("f'a{{1}}'", "a{1}"), ("'a' \\\n  'b'", "ab"), ("'a'; x = 2", "a"), ("name", "n1"),
            ("rev = 'a1'", "a1"), ("(('a1'))", "a1"),
        ])
    func strings(literal: String, value: String) {
        let header = Self.read("name = 'n1'\nrevision = \(literal)" + Self.tail)
        #expect(header.problem == nil)
        #expect(header.revision?.id == value)
    }

    @Test(
        "spellings of parents",
        arguments: [
            ("None", []), ("'p'", ["p"]), ("('p',)", ["p"]), ("('p', 'q')", ["p", "q"]), ("['p', 'q']", ["p", "q"]),
            ("{'p'}", ["p"]), ("'p', 'q'", ["p", "q"]), ("()", []), ("(None,)", []), ("('p' 'q')", ["pq"]),
            ("(\n    'p',  # why\n    'q',\n)", ["p", "q"]), ("PARENTS", ["x", "y"]), ("(ONE, 'q')", ["z", "q"]),
        ])
    func parents(literal: String, down: [String]) {
        let header = Self.read("PARENTS = ('x', 'y')\nONE = 'z'\nrevision = 'r'\ndown_revision = \(literal)\n")
        #expect(header.problem == nil)
        #expect(header.revision?.down == down)
    }

    @Test(
        "computed values are reported with their line",
        arguments: [
            "str('a')", "'a' + 'b'", "'%s' % 1", "f'{x}'", "x", "x.y", "'a' if x else 'b'", "'a'[0]", "'a'.strip()",
            "'\\N{BULLET}'",
            "'a' or 'b'", "lambda: 1", "*['a'],",
        ])
    func computed(expression: String) {
        let header = Self.read("# one\nrevision = \(expression)" + Self.tail)
        #expect(header.problem?.code == "graph.notLiteral")
        #expect(header.problem?.line == 2)
        #expect(header.problem?.file == "versions/some_step.py")
        #expect(header.revision == nil)
    }

    @Test(
        "hidden and conditional bindings",
        arguments: [
            "if x:\n    revision = 'b'\n", "if x: revision = 'b'\n", "try:\n    revision = 'b'\nfinally:\n    pass\n",
            "for revision in x: pass\n", "with x as revision:\n    pass\n", "print(revision := 'b')\n",
            "revision += 'b'\n",
            "globals()['revision'] = 'b'\n", "globals().update(x)\n", "from x import revision\n",
            "import x as revision\n",
            "from x import *\n", "def revision(): pass\n", "class revision: pass\n", "revision, *x = 'a', 'b'\n",
            "match x:\n    case revision:\n        pass\n",
        ])
    func hidden(statement: String) {
        #expect(Self.read("revision = 'a'" + Self.tail + statement).problem?.code == "graph.notLiteral")
        // The last assignment wins.
        let later = Self.read(statement + "revision = 'a'\ndown_revision = branch_labels = depends_on = None\n")
        #expect(later.problem == nil)
        #expect(later.revision?.id == "a")
    }

    @Test(
        "assignments inside functions, classes and strings do not count",
        arguments: [
            "def f():\n    revision = 'no'\n    down_revision = 'no'\n", "class A:\n    revision = 'no'\n",
            "class A: revision = 'no'\n",
            "async def f(a=(\n1)):\n    revision = 'no'\n", "x = '''\nrevision = 'no'\n'''\n",
            "\"\"\"doc\nrevision = 'no'\n\"\"\"\n",
            "def f():\n    '''\nrevision = 'no'\n    '''\n    pass\n", "# revision = 'no'\n",
            "x = {\n'revision': 'no',\n}\n",
            "def f(): revision = 'no'\n", "x = f'''{\nx}\nrevision = 'no'\n'''\n", "x = f\"{x['a']:>{3}}\"\n",
            "x = rf'\\d{x}'\n",
            "x = f'{x!r:%H:%M}'\n", "x = f'\\N{BULLET}'\n", "x[revision] = 'no'\n", "x.revision = 'no'\n",
            "revision: str\n", "match = 1\n",
            "x = [revision for revision in 'ab']\n", "@x\ndef f():\n    pass\n", "from sqlalchemy import *\n",
            "if x:\n    import y\n",
        ])
    func innerNames(statement: String) {
        let header = Self.read(statement + "revision = 'a'" + Self.tail + statement)
        #expect(header.problem == nil, "\(header)")
        #expect(header.revision?.id == "a")
    }

    @Test(
        "bytes around the text",
        arguments: [
            "\u{feff}revision = 'a'\ndown_revision = None\n", "revision = 'a'\r\ndown_revision = None\r\n",
            "revision = 'a'\rdown_revision = None\r", "\u{c}\nrevision = 'a'\ndown_revision = None",
            "revision: str = 'a'\ndown_revision: str | None = None # x",
            "revision, down_revision = 'a', None", "(revision, down_revision) = ['a', ()]",
            "revision = 'a'; down_revision = None;",
        ])
    func forms(text: String) {
        let header = Self.read(text)
        #expect(header.problem == nil, "\(header)")
        #expect(header.revision == Revision(id: "a", file: "versions/some_step.py"))
    }

    @Test("encodings: a cookie, and bytes that only a comment may contain")
    func encodings() {
        let latin: [UInt8] =
            Array("# -*- coding: latin-1 -*-\nrevision = 'caf".utf8) + [0xE9] + Array("'\ndown_revision = None\n".utf8)
        #expect(ScriptHeader(latin, file: "x.py").revision?.id == "café")
        let inComment: [UInt8] = Array("# caf".utf8) + [0xE9] + Array("\nrevision = 'a'\ndown_revision = None\n".utf8)
        #expect(ScriptHeader(inComment, file: "x.py").revision?.id == "a")
        let inString: [UInt8] = Array("x = 'caf".utf8) + [0xE9] + Array("'\nrevision = 'a'\n".utf8)
        #expect(ScriptHeader(inString, file: "x.py").problem?.code == "graph.unreadable")
    }

    @Test(
        "the docstring's first line",
        arguments: [
            ("'''First line\n\nMore'''\n", "First line"), ("\n# c\n\"\"\"\n  First  \n\"\"\"\n", "First"),
            ("'a' 'b'\n", "ab"),
            ("f'no'\n", ""), ("b'no'\n", ""), ("x = 1\n'no'\n", ""), ("", ""), ("r'''a\\n'''\n", "a\\n"),
        ])
    func documentation(text: String, doc: String) {
        #expect(Self.read(text + "revision = 'a'" + Self.tail).revision?.doc == doc)
    }

    @Test(
        "modules without revision or down_revision",
        arguments: [("versions/abc123.py", "abc123"), ("ABC.py", nil), ("abc_x.py", nil), ("0.py", "0")])
    func missing(file: String, id: String?) {
        let header = Self.read("down_revision = None\n", file: file)
        #expect(header.revision?.id == id)
        #expect(header.problem?.code == (id == nil ? "graph.unreadable" : nil))
        #expect(Self.read("revision = 'a'\n").problem?.code == "graph.unreadable")
        #expect(Self.read("revision = 5" + Self.tail).problem?.code == "graph.unreadable")
        #expect(Self.read("revision = 'a'\ndown_revision = None\ndel revision\n", file: file).revision?.id == id)
    }

    @Test("lines of the variables, and the values that are known despite a problem")
    func lines() {
        let header = Self.read(
            "revision = 'a'\ndown_revision = 'b'\nbranch_labels = (\n  'x')\ndepends_on = [n for n in x]\n")
        #expect(header.lines == HeaderLines(revision: 1, down: 2, labels: 3, dependsOn: 5))
        #expect(header.problem?.line == 5)
        #expect(header.revision?.down == ["b"])
        #expect(header.revision?.labels == ["x"])
    }

    @Test(
        "files that Python refuses",
        arguments: [
            "x = '", "x = '''", "x = (", "x = )", "x = (]", "x = $", "x = 1\0", "  x = 1", "if x:\nx = 1", "if x:",
            "x = \\ 1",
            "if x:\n    x\n  x", "f'{'", "f'{x:'", "if x:\n\tx\n        x", "x = 'a\n'",
        ])
    func refused(text: String) {
        let header = Self.read("revision = 'a'" + Self.tail + text + "\n")
        #expect(header.problem?.code == "graph.unreadable")
        #expect(header.problem?.line != nil)
    }

    @Test("nesting needs no stack and linear time")
    func depth() {
        let count = 100_000
        func nested(_ open: String, _ inner: String, _ close: String) -> String {
            String(repeating: open, count: count) + inner + String(repeating: close, count: count)
        }
        let texts = [
            "x = " + nested("(", "'a'", ")"), "x = " + nested("(", "'a',", ",)"), "x = " + nested("[", "", "]"),
            nested("(", "x", ")") + " = 1", "x = " + nested("f'{", "1", "}'"),
            "x = " + String(repeating: "'a' ", count: count),
            String(repeating: "x = ", count: count) + "1", String(repeating: "x;", count: count),
            "if " + String(repeating: "lambda:", count: count) + "1: pass",
        ]
        for text in texts {
            #expect(Self.read(text + "\nrevision = 'a'" + Self.tail).revision?.id == "a")
        }
        #expect(Self.read(String(repeating: "(", count: count)).problem?.code == "graph.unreadable")
    }

    @Test("any bytes give a header", arguments: 0..<200)
    func anyBytes(seed: UInt64) {
        var state = seed &* 6_364_136_223_846_793_005 &+ 1
        let pieces = [
            "revision", "=", "'", "\"\"\"", "(", ")", "\\", "\n", "f'", "{", "}", ":", " ", "#", "\0", "é", "if", ",",
            ";", "\r",
        ]
        var text = ""
        for _ in 0..<200 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            text += pieces[Int(state >> 33) % pieces.count]
        }
        var bytes = Array(text.utf8)
        if seed.isMultiple(of: 2) { bytes[bytes.count / 2] = 0xFF }
        let header = ScriptHeader(bytes, file: "x_y.py")
        #expect(header.revision != nil || header.problem != nil)
    }
}
