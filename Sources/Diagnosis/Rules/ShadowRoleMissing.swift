import Schema

extension Rule {
    static let shadowRoleMissing = Rule(
        code: "shadow.roleMissing",
        severities: [.warning],
        page: Page(
            title: "the shadow's server lacks a role that a revision needs",
            problem: """
                schemad replays the migrations on the server that url of [shadow] names. A revision grants \
                privileges to a role, or makes it the owner of an object, and that server has no such role. The \
                replay stopped there: what this revision and those after it create is not known, so the schema is \
                compared only in part. schemad creates no roles on a server that it does not own; a shadow of its \
                own has the roles of the live server.
                """,
            evidence: "The role, and the revision that failed (SQLSTATE 42704).",
            remedy:
                "Create the role on the shadow's server, without LOGIN. Or use an embedded shadow, without url."
        )
    ) { context, code in
        guard context.isReachable, let missing = context.facts.roleMissingInShadow else { return [] }
        let role = SQLIdentifier.quoted(missing.role)
        return [
            RuleResult(
                code, .warning, .inSync,
                "The replay of the migrations stopped in revision \(missing.revision): the shadow's server has no role "
                    + "\(role).",
                evidence: ["revision \(missing.revision): role \(role) does not exist [42704]"],
                remedy: [
                    "# On the server that url of [shadow] names:", "CREATE ROLE \(role);",
                    "systemctl restart schemad",
                ])
        ]
    }
}
