import Diagnosis
import FoundationEssentials
import Plans
import Postgres
import Revisions
import Schema
import Support
import Testing

/// Pastes every printed remedy into psql: the schema is that of the migrations again, and no row or value is lost.
///
/// Without `REMEDIES=all` a sample runs.
@Suite("remedies") struct RemedyTests {
    static let cases = {
        let all = RemedyCase.all
        if ProcessInfo.processInfo.environment["REMEDIES"] == "all" { return all }
        return all.enumerated().filter { $0.offset % 4 == 0 }.map(\.element) + RemedyCase.several
    }()

    /// The database of the migrations, from which each case has a copy.
    private static let template = Task {
        let (url, name) = try await TestCluster.database()
        try await psql(url, RemedySchema.statements)
        return (name, try await read(url))
    }

    @Test(arguments: cases) func remediesRestoreTheSchema(_ example: RemedyCase) async throws {
        let (name, expected) = try await Self.template.value
        try await TestDatabase.with(copyOf: name) { database in
            for statement in example.statements { try await database.execute(statement) }
            let broken = try await Self.read(database.url)
            let before = try await RowCounts(broken, database)
            var script = try Self.remedies(Self.compare(broken, expected), live: broken, expected: expected)
            for text in example.contains {
                #expect(script.printed.contains(text), "\(text)\n\(script.printed)")
            }
            #expect(!script.sql.contains { $0.contains("DROP TABLE") || $0.contains("DROP COLUMN") })
            #expect(!script.sql.contains { $0.contains("DROP TYPE") || $0.contains("CASCADE;") && $0.contains("DROP") })
            let isSatisfied = example.remaining.contains { $0.hasPrefix("type ") || $0.hasPrefix("nullability ") }
            let outcome = try await Self.run(script.sql, in: database.url)
            // A statement that is refused, because rows do not allow it, is the only one that may fail.
            #expect(outcome.status == 0 || isSatisfied, "\(outcome.standardError)\n\(script.printed)")
            let repaired = try await Self.read(database.url)
            let rest = Self.compare(repaired, expected).differences
            #expect(
                rest.map { "\($0.kind.rawValue) \($0.object)" } == example.remaining,
                "\(rest.map { "\($0.migrations ?? "") <> \($0.live ?? "")" })\n\(script.printed)")
            #expect(try await before.lost(database, renamed: example.renamed) == [], "\(script.printed)")
            if example.remaining.isEmpty {
                script = try Self.remedies(Self.compare(repaired, expected), live: repaired, expected: expected)
                #expect(script.sql == [])
            }
        }
    }

    // MARK: Comparing

    private static func compare(_ live: Catalog, _ expected: Catalog) -> SchemaComparison {
        SchemaComparison(
            SchemaSides(
                live: live,
                migrations: .init(expected: expected, heads: expected, managed: Set(expected.keys)),
                models: .created(expected)))
    }

    private static func read(_ url: String) async throws -> Catalog {
        try await Connection.temporary(try DatabaseAddress(url), SessionOptions(applicationName: "tests")) {
            session throws(PostgresError) in
            try CatalogReader.read(session, .init(comments: true))
        }
    }

    // MARK: Remedies

    struct Script {
        /// What is shown.
        var printed: String
        /// What is pasted into psql. Columns that `align` adds are here as its own statements.
        var sql: [String]
    }

    private static func remedies(
        _ comparison: SchemaComparison, live: Catalog, expected: Catalog
    ) throws -> Script {
        let graph = RevisionGraph(
            revisions: [Revision(id: "1", down: [], dependsOn: [], labels: [], file: "1.py", doc: "", source: .static)],
            problems: [])
        let facts = Facts(
            database: "main", server: ServerFacts(version: "15"), graph: graph,
            versionTable: VersionTableFacts(
                schema: "public", name: "alembic_version", presence: .table(rows: ["1"]), columnWidth: 32),
            applicationTables: live.tables.map(\.qualifiedName), schema: .compared(comparison, gaps: []))
        let findings = diagnose(facts).findings
        var sql: [String] = []
        for line in findings.flatMap({ $0.remedy.split(separator: "\n").map(String.init) }) {
            if line.hasSuffix("align --apply") {
                let plan = try AlignmentPlan(
                    expected: expected, live: live, differences: comparison.differences, defaultSchema: "public")
                sql += plan.columns.map { $0.statement + ";" }
            } else if !line.hasPrefix("#"), !line.hasPrefix("adminctl "), !line.hasPrefix("alembic ") {
                sql.append(line)
            }
        }
        return Script(
            printed: findings.map { "\($0.code)\n\($0.remedy)" }.joined(separator: "\n"),
            sql: sql.contains { !$0.hasPrefix("--") } ? sql : [])
    }

    // MARK: psql

    private static func run(_ statements: [String], in url: String) async throws -> Program.Outcome {
        try await TemporaryFolder.with { folder in
            let file = try folder.write("remedies.sql", statements.map { $0 + "\n" }.joined())
            return try await Program.run(
                "psql",
                ["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--output", "/dev/null", "--file", file, url])
        }
    }

    private static func psql(_ url: String, _ text: String) async throws {
        let outcome = try await run([text], in: url)
        guard outcome.status == 0 else { throw SupportError("psql: \(outcome.standardError)") }
    }
}

/// How many rows and values the tables of a database have.
private struct RowCounts {
    private var rows: [String: Int] = [:]
    private var values: [String: Int] = [:]

    init(_ catalog: Catalog, _ database: TestDatabase) async throws {
        for table in catalog.tables where table.kind.storesRows {
            let columns = table.columns.map { "count(\(SQLIdentifier.quoted($0.name)))" }
            let list = (["count(*)"] + columns).joined(separator: ", ")
            let row = try await database.execute("SELECT \(list) FROM \(table.qualifiedName.sql())")[0]
            let name = "\(table.schema).\(table.name)"
            rows[name] = Int(row[0] ?? "")
            for (column, count) in zip(table.columns, row.dropFirst()) {
                values["\(name).\(column.name)"] = Int(count ?? "")
            }
        }
    }

    /// The tables and columns that have fewer rows or values than before.
    func lost(_ database: TestDatabase, renamed: [String]) async throws -> [String] {
        let catalog = try await Connection.temporary(
            try DatabaseAddress(database.url), SessionOptions(applicationName: "tests")
        ) { session throws(PostgresError) in try CatalogReader.read(session) }
        let after = try await RowCounts(catalog, database)
        let isRenamed = { (name: String) in renamed.contains { name == $0 || name.hasPrefix($0 + ".") } }
        return
            (rows.filter { after.rows[$0.key, default: -1] < $0.value }.map(\.key)
            + values.filter { after.values[$0.key, default: -1] < $0.value }.map(\.key))
            .filter { !isRenamed($0) }.sorted()
    }
}
