import Schema
import Testing

@Suite("SQL quoting")
struct SQLTextTests {
    @Test(arguments: [
        ("prospects", "prospects"),
        ("_private", "_private"),
        ("a1", "a1"),
        ("1a", "\"1a\""),
        ("User", "\"User\""),
        ("order", "\"order\""),
        ("left", "\"left\""),
        ("integer", "\"integer\""),
        ("name", "name"),
        ("two words", "\"two words\""),
        ("quo\"te", "\"quo\"\"te\""),
        ("\"", "\"\"\"\""),
        ("", "\"\""),
        ("naïve", "\"naïve\""),
    ])
    func identifiers(name: String, quoted: String) {
        #expect(SQLIdentifier.quoted(name) == quoted)
    }

    @Test(arguments: [
        ("abc", "'abc'"),
        ("", "''"),
        ("it's", "'it''s'"),
        ("a\\b", "E'a\\\\b'"),
        ("a\nb\u{1b}", "E'a\\u000ab\\u001b'"),
        ("'); DROP TABLE x; --", "'''); DROP TABLE x; --'"),
    ])
    func literals(text: String, quoted: String) {
        #expect(SQLLiteral.quoted(text) == quoted)
    }

    @Test func aQualifiedNameLeavesOutTheDefaultSchema() {
        let name = TableName(schema: "public", name: "user")
        #expect(name.sql(defaultSchema: "public") == "\"user\"")
        #expect(name.sql(defaultSchema: "crm") == "public.\"user\"")
        #expect(name.sql() == "public.\"user\"")
    }
}
