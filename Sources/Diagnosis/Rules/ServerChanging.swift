extension Rule {
    static let serverChanging = Rule(
        code: "server.changing",
        page: Page(
            title: "the schema kept changing while it was read",
            problem: """
                DDL was committed during each attempt to read the catalog, so that the texts of defaults, constraints, \
                indexes and views, which PostgreSQL makes of the newest catalog, could not be had as they were at one \
                moment. The answer has version rows, tables, columns, names and types of one snapshot; the texts were \
                not compared.
                """,
            evidence: "How often the read was begun.",
            remedy: """
                Diagnose again when the migration, or whatever makes and drops tables all the time, has ended. An \
                application that works with tables of its own on every request had better use temporary ones.
                """)
    ) { situation, code in
        guard situation.isReachable, let message = situation.facts.changeMessage else { return [] }
        return [
            Observation(
                code, .warning, .inSync,
                "The schema of database \(situation.facts.database) kept changing while it was read, so that "
                    + "definitions were not compared.",
                evidence: [message],
                remedy: [
                    "# Who is at it: sessions at work now, the longest transactions first:",
                    "SELECT pid, application_name, usename, xact_start FROM pg_stat_activity "
                        + "WHERE datname = current_database() AND state <> 'idle' ORDER BY xact_start;",
                    "# When they have ended:", situation.adminctl("diagnose --fresh"),
                ])
        ]
    }
}
