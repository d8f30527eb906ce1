import Diagnosis
import Plans
import Revisions
import Schema
import Support
import Testing

/// What a diagnosis of a live catalog is based on.
struct RemedySides {
    var live: Catalog
    var history: SchemaHistory
    /// How many revisions the version rows say; nil when the migrations have not been replayed.
    var applied: Int?
    /// The row where ``applied`` is nil.
    var row = "1"
    /// Whether ``applied`` is nil because no script has the row; otherwise the migrations have not been replayed.
    var isAhead = false

    private var models: Catalog { history.catalog(at: applied ?? 1) }

    var comparison: SchemaComparison {
        SchemaComparison(
            SchemaSides(
                live: live,
                migrations: applied.map {
                    SchemaSides.Migrations(
                        expected: history.catalog(at: $0), heads: history.last, managed: history.managed,
                        applied: Array(history.steps.prefix($0)), pending: Array(history.steps.dropFirst($0)))
                }, models: .created(models)))
    }

    /// What is said about the database.
    func findings(_ comparison: SchemaComparison) -> [Finding] {
        let graph = RevisionGraph(
            revisions: ["1", "2"].prefix(applied == nil && !isAhead ? 1 : 2).map {
                Revision(
                    id: $0, down: $0 == "1" ? [] : ["1"], dependsOn: [], labels: [], file: "\($0).py", doc: "",
                    source: .static)
            }, problems: [])
        let row = applied.map { "\($0)" } ?? row
        var facts = Facts(
            database: "main", server: ServerFacts(version: "15"), graph: graph,
            versionTable: VersionTableFacts(
                schema: "public", name: "alembic_version", presence: .table(rows: [row]), columnWidth: 32),
            applicationTables: live.tables.map(\.qualifiedName), schema: .compared(comparison, gaps: []))
        facts.isReplaying = applied == nil && !isAhead
        return diagnose(facts).findings
    }
}

/// The remedies of all findings.
struct RemedyScript {
    var findings: [Finding]
    /// What is pasted into psql. Columns that `align` adds are here as its own statements.
    var sql: [String] = []

    /// What is shown.
    var printed: String { findings.map { "\($0.code)\n\($0.remedy)" }.joined(separator: "\n") }

    init(_ sides: RemedySides) throws {
        let comparison = sides.comparison
        findings = sides.findings(comparison)
        for line in findings.flatMap({ $0.remedy.split(separator: "\n").map(String.init) }) {
            if line.hasSuffix("align --apply") {
                let plan = try AlignmentPlan(
                    expected: sides.history.catalog(at: sides.applied ?? 1), live: sides.live,
                    differences: comparison.differences, defaultSchema: "public")
                sql += plan.columns.map { $0.statement + ";" }
            } else if !["#", "adminctl ", "alembic ", "git "].contains(where: line.hasPrefix) {
                sql.append(line)
            }
        }
        if !sql.contains(where: { !$0.hasPrefix("--") }) { sql = [] }
    }

    /// Runs the remedies of a broken database, and checks that they destroy nothing and leave only what was said.
    ///
    /// - Parameters:
    ///   - validated: the foreign keys that the remedies of a second diagnosis validate: they refer to a table that the
    ///     first ones create without rows.
    ///   - sides: of a live catalog.
    @discardableResult static func check(
        _ example: RemedyCase, in database: TestDatabase, validated: [String] = [], _ sides: (Catalog) -> RemedySides
    ) async throws -> RemedyScript {
        let broken = try await database.catalog()
        let before = try await RowCounts(broken, database)
        let script = try RemedyScript(sides(broken))
        #expect(!script.isDestructive)
        let isSatisfied = example.remaining.contains { $0.hasPrefix("type ") || $0.hasPrefix("nullability ") }
        // A statement that is refused, because rows do not allow it, is the only one that may fail; others follow it.
        let outcome = try await run(script.sql, in: database.url, continues: isSatisfied)
        #expect(outcome.status == 0 || isSatisfied, "\(outcome.standardError)\n\(script.printed)")
        var repaired = sides(try await database.catalog())
        if !validated.isEmpty {
            let left = repaired.comparison.differences.filter { $0.kind == .constraintNotValidated }.map(\.object)
            #expect(validated.allSatisfy(left.contains), "\(script.printed)")
            let statements = try RemedyScript(repaired).sql.filter { line in
                validated.contains { line.contains(" VALIDATE CONSTRAINT \($0.split(separator: ".").last ?? "");") }
            }
            #expect(try await run(statements, in: database.url).status == 0)
            repaired = sides(try await database.catalog())
        }
        let rest = repaired.comparison.differences
        #expect(
            rest.map { "\($0.kind.rawValue) \($0.object)" } == example.remaining,
            "\(rest.map { "\($0.migrations ?? "") <> \($0.live ?? "")" })\n\(script.printed)")
        #expect(try await before.lost(database, renamed: example.renamed) == [], "\(script.printed)")
        if example.remaining.isEmpty { #expect(try RemedyScript(repaired).sql == []) }
        return script
    }

    /// Whether a statement drops something that has rows, or that others may use.
    var isDestructive: Bool {
        sql.contains {
            $0.contains("DROP TABLE") || $0.contains("DROP COLUMN") || $0.contains("DROP TYPE")
                || $0.contains("CASCADE;") && $0.contains("DROP")
        }
    }

    /// Runs statements in psql.
    ///
    /// - Parameter continues: whether those after one that fails are run.
    static func run(
        _ statements: [String], in url: String, continues: Bool = false
    ) async throws -> Program.Outcome {
        try await TemporaryFolder.with { folder in
            let file = try folder.write("remedies.sql", statements.map { $0 + "\n" }.joined())
            return try await Program.run(
                "psql",
                [
                    "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=\(continues ? 0 : 1)", "--output", "/dev/null",
                    "--file", file, url,
                ])
        }
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
        let after = try await RowCounts(try await database.catalog(), database)
        let isRenamed = { (name: String) in renamed.contains { name == $0 || name.hasPrefix($0 + ".") } }
        return
            (rows.filter { after.rows[$0.key, default: -1] < $0.value }.map(\.key)
            + values.filter { after.values[$0.key, default: -1] < $0.value }.map(\.key))
            .filter { !isRenamed($0) }.sorted()
    }
}
