import Postgres
import Schema
import Support
import Testing

/// Every way to write an expression is normalized to the text in the catalog, and the database is left unchanged.
@Suite struct ExpressionReaderTests {
    private static let statements = [
        "CREATE SCHEMA \"s p\"",
        "CREATE DOMAIN \"s p\".d AS text DEFAULT 'x' CHECK (VALUE IN ('x', 'y'))",
        #"""
        CREATE TABLE "s p"."t""t" (
            a int DEFAULT 1 + 1, b varchar(20) DEFAULT 'b', "c c" text, g int GENERATED ALWAYS AS (a * 2) STORED,
            CONSTRAINT k CHECK (b IN ('a', 'b') AND (a BETWEEN 1 AND 9)), EXCLUDE USING btree (a WITH =) WHERE (a > 1))
        """#,
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE FUNCTION \"s p\".g(int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT $1 + 1; END",
        "CREATE TABLE other (a int, b text)",
        "CREATE INDEX i ON other (lower(b), a DESC) WHERE b IN ('a', 'b')",
        "CREATE POLICY p ON other USING (b = current_user)",
        "CREATE TRIGGER t AFTER UPDATE OF a ON other FOR EACH ROW WHEN (OLD.a <> NEW.a) EXECUTE FUNCTION f()",
        "CREATE TRIGGER u BEFORE INSERT ON other FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE VIEW v AS SELECT a, b FROM other WHERE b IN ('a', 'b')",
        // A row that violates the constraints below does not matter.
        "INSERT INTO other VALUES (1, 'z')",
    ]
    private static let table = TableName(schema: "s p", name: "t\"t")
    private static let other = TableName(schema: "public", name: "other")
    private static let domain = TableName(schema: "s p", name: "d")

    /// A text as people write it, and its text in the catalog.
    private static let cases: [(ExpressionText, String)] = [
        (.init(.columnDefault(table: table, column: "a"), "(1+(1))"), "(1 + 1)"),
        (.init(.columnDefault(table: table, column: "b"), "'b'"), "'b'::character varying"),
        (.init(.generatedColumn(table: table, column: "g"), "a*2"), "(a * 2)"),
        (
            .init(.constraint(table: table), "CHECK (b in ('a','b') and a between 1 and 9)"),
            "CHECK ((((b)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])) "
                + "AND ((a >= 1) AND (a <= 9))))"
        ),
        (
            .init(.constraint(table: table), "EXCLUDE USING btree (a WITH =) WHERE (a>1)"),
            "EXCLUDE USING btree (a WITH =) WHERE ((a > 1))"
        ),
        (.init(.constraint(table: other), "CHECK (b = 'a')"), "CHECK ((b = 'a'::text))"),
        (
            .init(.index(table: other), "USING btree (lower(b), a DESC) WHERE b IN ('a','b')"),
            "USING btree (lower(b), a DESC) WHERE (b = ANY (ARRAY['a'::text, 'b'::text]))"
        ),
        (.init(.policy(table: other), "b = current_user"), "(b = CURRENT_USER)"),
        (
            .init(
                .trigger(table: other),
                "CREATE TRIGGER t AFTER UPDATE OF a ON public.other FOR EACH ROW WHEN (OLD.a <> NEW.a) "
                    + "EXECUTE FUNCTION public.f()"),
            "CREATE TRIGGER t AFTER UPDATE OF a ON public.other FOR EACH ROW WHEN ((old.a <> new.a)) "
                + "EXECUTE FUNCTION public.f()"
        ),
        (.init(.domainDefault(domain), "'x'"), "'x'::text"),
        (
            .init(.domainCheck(domain), "CHECK (VALUE IN ('x','y'))"),
            "CHECK ((VALUE = ANY (ARRAY['x'::text, 'y'::text])))"
        ),
    ]

    @Test func textsAreNormalizedToTheCatalogForm() async throws {
        try await TestCluster.withDatabase { url in
            for statement in Self.statements { try await TestCluster.execute(url, statement) }
            let connection = try connection(url)
            let before = try await connection.withSession { session throws(PostgresError) in
                try CatalogReader.reading(session)
            }
            let results = try await readBack(Self.cases.map(\.0), connection)
            for (text, expected) in Self.cases { #expect(results[text] == expected, "\(text)") }
            let fixed = before.catalog.expressions
            #expect(fixed.count == 13)
            let again = try await readBack(fixed, connection)
            for text in fixed {
                // A cast of an array becomes one of each element, as after a dump and restore.
                if !text.text.contains("ARRAY['a'::character varying") { #expect(again[text] == text.text) }
            }
            let normalized = again.map { ExpressionText($0.context, $1) }
            let third = try await readBack(normalized, connection)
            for text in normalized { #expect(third[text] == text.text) }
            let after = try await connection.withSession { session throws(PostgresError) in
                try CatalogReader.fingerprint(session)
            }
            #expect(after == before.fingerprint)
            await connection.close()
        }
    }

    /// A text that the schema rejects has no result and does not affect the results of other texts.
    @Test func rejectedTextsAreOmitted() async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(url, "CREATE TABLE other (a int, b text)")
            let wrong = [
                ExpressionText(.constraint(table: Self.other), "CHECK (nowhere > 1)"),
                ExpressionText(.constraint(table: Self.table), "CHECK (a > 1)"),
                ExpressionText(.generatedColumn(table: Self.other, column: "x"), "a"),
                ExpressionText(.columnDefault(table: Self.other, column: "a"), "1; DROP TABLE public.other"),
                ExpressionText(.view(Self.other), "SELECT 1; DROP TABLE public.other"),
                ExpressionText(.routine(schema: "public", signature: "f()"), "no statement"),
                ExpressionText(.index(table: Self.other), "USING btree (random())"),
            ]
            let right = ExpressionText(.columnDefault(table: Self.other, column: "a"), "1+1")
            let connection = try connection(url)
            let results = try await readBack(wrong + [right], connection)
            #expect(results == [right: "(1 + 1)"])
            #expect(try await connection.query("SELECT count(*) FROM other").value == "0")
            await connection.close()
        }
    }

    private func readBack(
        _ texts: [ExpressionText], _ connection: Connection
    ) async throws -> [ExpressionText: String] {
        try await connection.withSession { session throws(PostgresError) in
            try ExpressionReader.readBack(texts, session)
        }
    }
}

extension Catalog {
    /// Every definition of the catalog that can be parsed on its own.
    fileprivate var expressions: [ExpressionText] {
        tables.flatMap { table -> [ExpressionText] in
            let name = table.qualifiedName
            return table.columns.compactMap { column in
                column.default.map { ExpressionText(.columnDefault(table: name, column: column.name), $0) }
                    ?? column.generated.map { ExpressionText(.generatedColumn(table: name, column: column.name), $0) }
            }
                + table.constraints.map { ExpressionText(.constraint(table: name), $0.definition) }
                + table.indexes.map { ExpressionText(.index(table: name), $0.definition) }
                + table.policies.compactMap { policy in policy.using.map { ExpressionText(.policy(table: name), $0) } }
                + table.triggers.map { ExpressionText(.trigger(table: name), $0.definition) }
                + (table.definition.map { [ExpressionText(.view(name), $0)] } ?? [])
        }
            + types.flatMap { type -> [ExpressionText] in
                guard case .domain(_, _, let value, let checks) = type.definition else { return [] }
                return [value.map { ExpressionText(.domainDefault(type.qualifiedName), $0) }].compactMap(\.self)
                    + checks.values.map { ExpressionText(.domainCheck(type.qualifiedName), $0) }
            }
            + routines.filter { $0.definition?.contains("BEGIN ATOMIC") == true }.compactMap { routine in
                routine.definition.map {
                    ExpressionText(.routine(schema: routine.schema, signature: routine.signature), $0)
                }
            }
    }
}
