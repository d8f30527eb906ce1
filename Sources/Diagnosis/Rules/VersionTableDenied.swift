import Schema

extension Rule {
    static let versionTableDenied = Rule(
        code: "version.table.denied",
        severities: [.error],
        page: Page(
            title: "the role may not read the version table",
            problem: """
                The version table exists, but schemad's role may not read it. This is not the same as a missing \
                table: an upgrade from here would fail, or would create a second version table in another schema \
                that the application never reads.
                """,
            evidence: "The server's message (SQLSTATE 42501).",
            remedy: """
                As the owner of the table, grant the role SELECT, INSERT, UPDATE and DELETE on it, and USAGE on its \
                schema.
                """)
    ) { context, code in
        guard context.isReachable, case .denied(let message)? = context.facts.versionTable?.fault else {
            return []
        }
        return [
            RuleResult(
                code, .error, .permissionDenied,
                "The version table \(context.versionTableSQL) exists, but schemad's role may not read it.",
                evidence: [message],
                remedy: [
                    "# As the owner of the table:",
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON \(context.versionTableSQL) TO "
                        + "\(context.facts.role.map { SQLIdentifier.quoted($0.name) } ?? "schemad");",
                ])
        ]
    }
}
