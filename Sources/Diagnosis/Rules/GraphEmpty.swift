import Revisions
import Schema
import Text

extension Rule {
    static let graphEmpty = Rule(
        code: "graph.empty",
        severities: [.error, .info],
        page: Page(
            title: "the project has no revisions",
            problem: """
                There is no revision file in the folders in which Alembic looks for them.
                Error: the version table has rows, the database has tables of the project, or the models map tables that \
                it does not have. Usually the files were not deployed, or script_location or version_locations names \
                another folder.
                Information: nothing needs a revision yet.
                """,
            evidence: "The folders, and what needs a revision.",
            remedy: """
                Deploy the revision files, or correct version_locations in Alembic's configuration. In a new project, \
                write the first revision with alembic revision --autogenerate.
                """)
    ) { context, code in
        guard context.isReachable, context.hasNoRevisions else { return [] }
        let folders = context.facts.versionFolders
        let evidence = folders.map { "no revision file in \($0)" }
        let deploy = [
            "# Deploy the revision files to \(SafeText.list(folders.isEmpty ? ["the project"] : folders)), or correct",
            "# version_locations in Alembic's configuration; then:",
            context.adminctl("diagnose --fresh"),
        ]
        func error(_ verdict: Verdict, _ rest: String, _ remedy: [String]) -> [RuleResult] {
            [
                RuleResult(
                    code, .error, verdict, "The project has no revisions, \(rest).", evidence: evidence, remedy: remedy)
            ]
        }
        let rows = (context.facts.versionTable?.rows ?? []).compactMap(\.self)
        if !rows.isEmpty {
            return error(
                .ahead, "but the version table \(context.versionTableSQL) has rows: \(SafeText.list(rows))", deploy)
        }
        let tables = context.facts.projectTables ?? []
        if !tables.isEmpty, context.hasNoVersionRows {
            let names = tables.map { $0.sql(defaultSchema: context.facts.versionTable?.schema) }
            return error(.unmanaged, "but the database has tables of it: \(SafeText.list(names))", deploy)
        }
        let needed = context.comparison.map { $0.advice + $0.differences }?.filter(\.breaking).map(\.object) ?? []
        if !needed.isEmpty {
            return error(
                .empty,
                "and its models need what the database does not have: \(SafeText.list(needed.uniqueSortedByBytes()))",
                ["# In a new project, write the first revision, and run it. Otherwise deploy the revision files."]
                    + context.autogenerate("first revision"))
        }
        return [RuleResult(code, .info, .inSync, "The project has no revisions.", evidence: evidence, remedy: deploy)]
    }
}

extension RuleContext {
    /// Whether the project was read, and has no revision.
    var hasNoRevisions: Bool { facts.graph.map { $0.isUsable && $0.revisions.isEmpty } ?? false }
}
