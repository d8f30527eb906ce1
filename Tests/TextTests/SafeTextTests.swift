import Testing
import Text

@Suite struct SafeTextTests {
    @Test(arguments: [
        ("plain", "plain"),
        ("naïve 日本", "naïve 日本"),
        ("\u{1b}[31mred", "\\u{1b}[31mred"),
        ("a\r\nb", "a\\u{d}\\u{a}b"),
        ("ab\u{202e}cd", "ab\\u{202e}cd"),
        ("\u{9b}2J", "\\u{9b}2J"),
        ("", ""),
    ])
    func aTerminalObeysNothing(text: String, visible: String) {
        #expect(SafeText.visible(text) == visible)
        #expect(SafeText.visible(visible) == visible)
    }

    @Test(
        arguments: [
            ("one", ["one"]), ("one  \r\n\ttwo\rthree\n\n", ["one", "\\u{9}two", "three"]),
            ("\n a\n\n  b\u{1b}[2J", [" a", "", "  b\\u{1b}[2J"]), ("", []), ("\n \n", []),
        ] as [(String, [String])])
    func linesAreKept(text: String, lines: [String]) {
        #expect(SafeText.lines(text) == lines)
        #expect(SafeText.paragraph(text) == lines.joined(separator: "\n"))
        #expect(SafeText.lines(SafeText.paragraph(text)) == lines)
    }

    @Test func aMessageInOneLine() {
        #expect(
            SafeText.oneLine("could not connect\n\tto server\n\n  refused\n")
                == "could not connect \\u{9}to server refused")
    }

    @Test func longListsAreCut() {
        #expect(SafeText.list(["a"]) == "a")
        #expect(SafeText.list(["a", "b", "c"], limit: 3) == "a, b, c")
        #expect(SafeText.list(["a", "b", "c", "d"], limit: 3) == "a, b, c and 1 more")
    }

    @Test(arguments: [
        ("ALTER TABLE t ADD c text;", "ALTER TABLE t ADD c text;"),
        ("ALTER TABLE \"a\u{1b}\\b\"\"c\" ADD \"d\";", "ALTER TABLE U&\"a\\001B\\\\b\"\"c\" ADD \"d\";"),
        ("ADD CHECK (a = 'x\n''y\\')", "ADD CHECK (a = E'x\\n''y\\\\')"),
        ("a = E'x\\'\ny'", "a = E'x\\'\\ny'"),
        ("date'\u{7}'", "date E'\\u0007'"),
        ("a = '\u{E0001}' -- why\n  AND b", "a = E'\\U000e0001' AND b"),
        ("CHECK (\nCASE\n    WHEN a THEN 'x  y'\n    ELSE b\nEND)", "CHECK ( CASE WHEN a THEN 'x  y' ELSE b END)"),
        ("AS $f$\n\tRETURN 'it''s' || '\\';\n$f$;\n", "AS E'\\n\\tRETURN ''it''''s'' || ''\\\\'';\\n';"),
        ("SELECT a$b$,\n$$one line$$, $1", "SELECT a$b$, $$one line$$, $1"),
        ("# a\n  'b\u{7}'", "# a 'b\\u{7}'"),
        ("DROP INDEX \"\u{E0001}\"", "DROP INDEX U&\"\\+0E0001\""),
        ("no \u{1b} quotes \"and one open\u{7}", "no \\u{1b} quotes \"and one open\\u{7}"),
    ])
    func statementsSayTheSameWithoutControlCharacters(text: String, statement: String) {
        #expect(SafeText.sql(text) == statement)
    }

    @Test(
        arguments: [
            (nil, "NULL"), ("", "''"), (" a ", "' a '"), ("a\u{1b}", "'a\\u{1b}'"),
        ] as [(String?, String)])
    func rows(value: String?, row: String) {
        #expect(SafeText.row(value) == row)
    }
}
