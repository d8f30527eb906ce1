import Schema

extension Rule {
    static let serverRoleMissing = Rule(
        code: "server.roleMissing",
        severities: [.error],
        page: Page(
            title: "a pending revision needs a role that does not exist",
            problem: """
                A pending revision grants privileges to a role, or makes it the owner of an object, and the server \
                has no such role. Roles belong to the server and not to the database, so a revision that worked on \
                one server fails on another (SQLSTATE 42704).
                """,
            evidence: """
                The role, and the revision that needs it: its replay failed without the role, and continued with it.
                """,
            remedy: "Create the role before migrate, or correct its name in the revision.")
    ) { context, code in
        guard context.isReachable, let pending = context.pending else { return [] }
        return context.facts.missingRoles.filter { pending.contains($0.revision) }.map { missing in
            let role = SQLIdentifier.quoted(missing.role)
            return RuleResult(
                code, .error, .behind,
                "Pending revision \(missing.revision) needs role \(role), which does not exist on the server: migrate "
                    + "would fail.",
                evidence: ["revision \(missing.revision): role \(role) does not exist [42704]"],
                remedy: [
                    "# If the name is right, create the role on the server of the database:",
                    "CREATE ROLE \(role);",
                    context.adminctl("diagnose --fresh"),
                ])
        }
    }
}
