import Schema

extension Rule {
    static let versionTableDenied = Rule(
        code: "version.table.denied",
        page: Page(
            title: "the role may not read the version table",
            problem: """
                The version table exists and the agent's role may not read it. That is not "missing": an upgrade \
                from here would fail, or make a second version table in another schema that the application never \
                sees.
                """,
            evidence: "The server's refusal (SQLSTATE 42501).",
            remedy: """
                As the table's owner, grant the role SELECT, INSERT, UPDATE and DELETE on it, and USAGE on its \
                schema.
                """)
    ) { situation, code in
        guard situation.isReachable, case .denied(let message)? = situation.facts.versionTable?.presence else {
            return []
        }
        return [
            Observation(
                code, .error, .permissionDenied,
                "The agent's role may not read the version table \(situation.versionTableSQL), which exists.",
                evidence: [message],
                remedy: [
                    "# As the owner of the table:",
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON \(situation.versionTableSQL) TO "
                        + "\(situation.facts.role.map { SQLIdentifier.quoted($0.name) } ?? "schemad");",
                ])
        ]
    }
}
