extension Rule {
    static let serverChanging = Rule(
        code: "server.changing",
        severities: [.warning],
        page: Page(
            title: "the schema kept changing during the read",
            problem: """
                DDL was committed during every attempt to read the catalog. PostgreSQL builds the texts of defaults, \
                constraints, indexes and views from the newest catalog, so they could not be read consistently. \
                Version rows, tables, columns, names and types come from one snapshot. The texts were not compared.
                """,
            evidence: "The number of attempts.",
            remedy: """
                Diagnose again when the migration, or the program that creates and drops tables, has finished. An \
                application that creates tables for every request should use temporary tables.
                """)
    ) { context, code in
        guard context.isReachable, let message = context.facts.changeMessage else { return [] }
        return [
            RuleResult(
                code, .warning, .inSync,
                "The schema of database \(context.facts.database) kept changing during the read: definitions were not "
                    + "compared.",
                evidence: [message],
                remedy: [
                    "# Sessions that are active now, the oldest transaction first:",
                    "SELECT pid, application_name, usename, xact_start FROM pg_stat_activity "
                        + "WHERE datname = current_database() AND state <> 'idle' ORDER BY xact_start;",
                    "# When they have finished:", context.adminctl("diagnose --fresh"),
                ])
        ]
    }
}
