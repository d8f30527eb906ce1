import Revisions
import Schema

extension Rule {
    static let versionTableMissing = Rule(
        code: "version.table.missing",
        page: Page(
            title: "there is no version table",
            problem: """
                Alembic's version table does not exist. In a fresh database that is as it should be: the first \
                migrate creates it, and this finding is information. Where application tables exist it is an error: \
                alembic upgrade would take the database for a fresh one and replay every revision over the existing \
                tables, and stamping the head would hide for ever what the database lacks. While env.py cannot be \
                asked for the table's name and schema, it is a warning.
                """,
            evidence: "The catalog has no relation of that name; the application tables that it does have are counted.",
            remedy: """
                Fresh: adminctl migrate. With tables: find the revision that the schema corresponds to, plan with \
                adminctl fixVersion --to REVISION, and apply it when the plan is right.
                """)
    ) { situation, code in
        guard situation.isReachable, situation.versionTableState == .missing else { return [] }
        guard situation.facts.hasEnvironmentAnswered || situation.isFresh else {
            return [
                Observation(
                    code, .warning, .unverified,
                    "There is no table \(situation.versionTableSQL), and env.py could not be asked whether the project "
                        + "has its version table elsewhere.",
                    evidence: [situation.tablesEvidence],
                    remedy: [
                        "# First settle what keeps env.py from answering; then:",
                        situation.adminctl("diagnose --fresh"),
                    ])
            ]
        }
        return [situation.withoutRows(code, "the version table \(situation.versionTableSQL) does not exist")]
    }
}

extension Situation {
    /// A database whose version table tells nothing: as it should be when fresh, `unmanaged` with application tables.
    func withoutRows(_ code: String, _ what: String) -> Observation {
        if isFresh {
            return Observation(
                code, .info, .empty,
                "Database \(facts.database) is fresh: it has no application tables, and \(what).",
                evidence: ["0 application tables"],
                remedy: ["# Nothing to repair; the first migrate makes everything:", adminctl("migrate")])
        }
        return Observation(
            code, .error, .unmanaged,
            "Database \(facts.database) has application tables and \(what), so that an upgrade would replay "
                + "every revision over them.",
            evidence: [tablesEvidence],
            remedy: explicitRows())
    }

    fileprivate var tablesEvidence: String {
        guard let tables = facts.applicationTables else { return "the application tables could not be counted" }
        let names = tables.map { $0.sql(defaultSchema: facts.versionTable?.schema) }
        return "\(names.count) application table\(names.count == 1 ? "" : "s"): \(TerminalText.list(names))"
    }

    /// How to say which revisions a database without rows stands at. The revision is for the user to choose: a head is
    /// named only when everything that the models map is there.
    func explicitRows() -> [String] {
        guard case .compared(let comparison, _) = facts.schema, comparison.tablesCompared > 0, !comparison.isBreaking,
            let heads = facts.graph?.effectiveHeads, !heads.isEmpty
        else {
            return [
                "# Find the revision that the schema corresponds to, and record it in place of REVISION:",
                adminctl("graph"),
                adminctl("fixVersion --to REVISION"),
                adminctl("fixVersion --to REVISION --apply"),
            ]
        }
        let words = heads.map(ShellWord.quoted).joined(separator: " ")
        return [
            "# Everything that the models map exists; if data migrations have run too, record the heads:",
            adminctl("fixVersion --to \(words)"),
            adminctl("fixVersion --to \(words) --apply"),
        ]
    }
}
