import Revisions
import Testing

@testable import Scripts

/// Ways to change a variable without an assignment on module level.
@Suite("script headers: hidden bindings")
struct HiddenBindingTests {
    private static let head = """
        LIST = ['l']
        revision = 'a'
        down_revision = branch_labels = depends_on = None

        """

    private static func read(_ text: String) -> ScriptHeader {
        ScriptHeader(Array(text.utf8), file: "versions/abc123.py")
    }

    @Test(
        "a revision that may have changed is reported as computed",
        arguments: [
            "def f(a=(revision := 'b')): pass\n", "class A(B, k=(revision := 'b')): pass\n",
            "async def f(a=(revision := 'b')): pass\n", "def f() -> (revision := 'b'): pass\n",
            "def f():\n    global revision\n    revision = 'b'\nf()\n",
            "def f():\n    if x: y = 1; global down_revision, revision\n    revision = 'b'\nf()\n",
            "class A:\n    global revision\n    revision = 'b'\n", "class A: global revision; revision = 'b'\n",
            "with x as (y, revision): pass\n", "with (x as y, z as revision): pass\n",
            "globals()['rev' 'ision'] = 'b'\n", "globals()['rev' + 'ision'] = 'b'\n", "globals()[f'{x}'] = 'b'\n",
            "globals()[f'revision'] = 'b'\n", "for x in y: vars()[x] = 'b'\n", "eval('(revision := 1)')\n",
            "type revision = int\n", "type revision[T] = list[T]\n",
            // A set has no first item.
            "revision, x = {'b', 'c'}\n",
            // Python normalizes identifiers with NFKC.
            "ｒevision = 'b'\n", "reviſion = 'b'\n", "𝐫𝐞𝐯𝐢𝐬𝐢𝐨𝐧 = 'b'\n", "def ｒevision(): pass\n",
            "import x as ｒevision\n",
            "ｇｌｏｂａｌｓ()['revision'] = 'b'\n", "def f():\n    global ｒevision\n    revision = 'b'\nf()\n",
        ])
    func untold(statement: String) {
        let header = Self.read(Self.head + statement)
        #expect(header.problem?.code == "graph.notLiteral")
        #expect(header.revision == nil)
    }

    @Test(
        "statements that change nothing do not affect the value",
        arguments: [
            "del x.revision\n", "del x[revision]\n", "with x as y, f(revision): pass\n",
            "def f():\n    global other\n    other = 'b'\n", "def f(revision='b'): pass\n", "größe = 'b'\n",
            "setattr(x, 'y', revision)\n", "globals()['other'] = 'b'\n", "type = 'b'\n", "type: str = 'b'\n",
            "LIST.append('b')\n", "def f():\n    globals()['upgrade']()\n", "x = '''\nglobal revision\n'''\n",
        ])
    func told(statement: String) {
        let header = Self.read(Self.head + statement)
        #expect(header.problem == nil)
        #expect(header.revision?.id == "a")
    }

    @Test(
        "a list or a set that was used",
        arguments: [
            "LIST.append('b')\n", "LIST[0] = 'b'\n", "LIST[:] = ()\n", "LIST += ['b']\n", "del LIST[0]\n", "f(LIST)\n",
            "x = f(LIST)\n", "x[LIST.pop()] = 1\n", "for x in LIST: pass\n", "assert LIST.append('b')\n",
            "x: LIST.append('b') = 1\n", "def f(a=LIST.append('b')): pass\n", "OTHER = LIST\nOTHER.append('b')\n",
        ])
    func mutable(statement: String) {
        for names in ["branch_labels = LIST\n" + statement, statement + "branch_labels = LIST\n"] {
            let header = Self.read(Self.head + names)
            #expect(header.problem?.code == "graph.notLiteral", "\(names)")
            #expect(header.revision?.id == "a")
        }
        // A tuple cannot change.
        let tuple = Self.read(Self.head + "LIST = ('l',)\nbranch_labels = LIST\nx = f(LIST)\n")
        #expect(tuple.problem == nil)
        #expect(tuple.revision?.labels == ["l"])
        // A new list has a known value.
        #expect(Self.read(Self.head + statement + "LIST = ['n']\nbranch_labels = LIST\n").revision?.labels == ["n"])
    }

    @Test("a deleted attribute is not the variable, and a star import may bind any name")
    func deletion() {
        #expect(Self.read("revision = 'a'\ndel x.revision\ndown_revision = None\n").revision?.id == "a")
        #expect(Self.read("revision = 'a'\ndel (revision)\ndown_revision = None\n").revision?.id == "abc123")
        let star = Self.read("NAME = 'a'\nfrom sqlalchemy import *\nrevision = NAME\ndown_revision = None\n")
        #expect(star.problem?.code == "graph.notLiteral")
    }

    /// A statement that makes names unknown must not visit all names again.
    @Test("many names and many statements that make them unknown take linear time")
    func manyNames() {
        let names = 0..<3000
        for (bind, forget) in [
            ("def f():\n  global x%\n  pass\n", "from sqlalchemy import *\n"), ("x% = []\n", "x%.append(1)\n"),
            ("x% = 'a'\n", "globals()\n"), ("def f():\n  global x%\n  pass\n", "x% = 'a'\nexec(y)\n"),
        ] {
            let texts = [bind, forget].flatMap { text in names.map { text.replacing("%", with: "\($0)") } }
            let header = Self.read(
                texts.joined() + "revision = 'a'\ndown_revision = branch_labels = depends_on = None\n")
            #expect(header.problem == nil)
            #expect(header.revision?.id == "a")
        }
    }
}
