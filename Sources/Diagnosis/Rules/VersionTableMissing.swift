import Revisions
import Schema
import Text

extension Rule {
    static let versionTableMissing = Rule(
        code: "version.table.missing",
        severities: [.error, .warning, .info],
        page: Page(
            title: "the version table does not exist",
            problem: """
                Alembic's version table does not exist.
                Error: there are application tables. alembic upgrade would run every revision again over them, and \
                stamping the head would hide what the database lacks.
                Warning: env.py could not be read, so the version table may have another name or schema.
                Information: the database is fresh, and the first migrate creates the table.
                """,
            evidence: "The catalog has no relation of that name. The application tables are counted.",
            remedy: """
                Fresh database: run adminctl migrate.
                With application tables: find the revision that matches the schema, plan with adminctl fixVersion \
                --to REVISION, and apply the plan if it is right.
                """)
    ) { context, code in
        guard context.isReachable, context.versionTableState == .missing,
            context.facts.formerVersionTables.isEmpty, !context.hasNoRevisions || context.isFresh
        else { return [] }
        guard context.facts.isEnvironmentRead || context.isFresh else {
            return [
                RuleResult(
                    code, .warning, .unverified,
                    "Table \(context.versionTableSQL) does not exist, but the version table may have another name: "
                        + "env.py could not be read.",
                    evidence: [context.tablesEvidence],
                    remedy: [
                        "# First fix the problem with env.py, then:",
                        context.adminctl("diagnose --fresh"),
                    ])
            ]
        }
        return [context.withoutRows(code, "the version table \(context.versionTableSQL) does not exist")]
    }
}

extension RuleContext {
    /// The result for a missing or empty version table: information if the database is fresh, otherwise an error.
    ///
    /// - Parameter what: a clause that names the table.
    func withoutRows(_ code: String, _ what: String) -> RuleResult {
        if isFresh {
            let others = facts.applicationTables?.count ?? 0
            return RuleResult(
                code, .info, .empty,
                "Database \(facts.database) is fresh: it has nothing that this project's revisions make, and \(what).",
                evidence: ["0 tables of this project"]
                    + (others == 0 ? [] : ["\(others) table\(others == 1 ? "" : "s") that this project does not make"]),
                remedy: hasNoRevisions
                    ? ["# Nothing to repair."]
                    : facts.lacksBaseline
                        ? [
                            "# Nothing to repair. The history starts from the schema of shadow.baseline: load that first."
                        ]
                        : ["# Nothing to repair; the first migrate creates everything:", adminctl("migrate")])
        }
        guard facts.mayBeFresh != nil else {
            return RuleResult(
                code, .warning, .unverified,
                "Database \(facts.database) has tables, and \(what); whether they are this project's is not known "
                    + (facts.isReplaying ? "until its migrations have been replayed." : "yet."),
                evidence: [tablesEvidence], remedy: ["# Once the replay is done:", adminctl("diagnose --fresh")])
        }
        return RuleResult(
            code, .error, .unmanaged,
            "Database \(facts.database) has application tables, but \(what): an upgrade would run every revision "
                + "again.",
            evidence: [tablesEvidence] + rowsEvidence,
            remedy: explicitRows())
    }

    /// The revision whose schema the database has.
    private var rowsEvidence: [String] {
        guard let rows = rowsOfSchema?.rows else { return [] }
        return ["the schema is that of \(SafeText.list(rows, limit: .max))"]
    }

    fileprivate var tablesEvidence: String {
        guard let tables = facts.projectTables ?? facts.applicationTables else {
            return "the application tables could not be counted"
        }
        let names = tables.map { $0.sql(defaultSchema: facts.versionTable?.schema) }
        return "\(names.count) application table\(names.count == 1 ? "" : "s"): \(SafeText.list(names, limit: .max))"
    }

    /// Commands that record revisions in a database without rows. The user has to choose the revision; the heads are
    /// suggested only if everything that the models map exists.
    func explicitRows() -> [String] {
        if let rows = rowsOfSchema?.rows {
            let words = rows.map(ShellWord.quoted).joined(separator: " ")
            return [
                "# Record the revisions that the schema shows. Later ones that change only data then run:",
                adminctl("fixVersion --to \(words)"), adminctl("fixVersion --to \(words) --apply"),
            ]
        }
        guard case .compared(let comparison, _) = facts.schema, comparison.tablesCompared > 0, !comparison.isBreaking,
            !comparison.hasMigrations || comparison.differences.isEmpty, partlyApplied.isEmpty,
            let heads = facts.graph?.effectiveHeads, !heads.isEmpty
        else {
            return [
                "# Find the revision that matches the schema; use its id as REVISION:",
                adminctl("graph"),
                adminctl("fixVersion --to REVISION"),
                adminctl("fixVersion --to REVISION --apply"),
            ]
        }
        let words = heads.map(ShellWord.quoted).joined(separator: " ")
        return [
            "# All mapped columns exist. If data migrations ran too, record the heads:",
            adminctl("fixVersion --to \(words)"),
            adminctl("fixVersion --to \(words) --apply"),
        ]
    }
}
