import Revisions
import Schema

extension Rule {
    static let serverMissingPrivileges = Rule(
        code: "server.missingPrivileges",
        severities: [.error, .warning],
        page: Page(
            title: "the role lacks privileges that pending revisions need",
            problem: """
                The role with which env.py's sessions write may not do what the pending revisions do: create objects \
                in a schema, change or drop tables of another owner, or record revisions in the version table. \
                PostgreSQL would refuse the statement in the middle of a migration (SQLSTATE 42501). migrate refuses \
                to start.
                Warning: the migrations define routines that run with the privileges of their owner (SECURITY \
                DEFINER), through which the revisions may succeed. migrate starts.
                """,
            evidence: """
                What the role may do, from the catalog: the privileges of the login, or of the role to which env.py \
                switches; a membership counts if its privileges are inherited. What the revisions do, from the replay \
                of the migrations: a revision that the replay did not reach, or that switches the role itself, is \
                left out.
                """,
            remedy: """
                Grant what is missing. For tables of another owner, make the role a member of the owner, so that \
                other users of the tables are not affected; only where that is impossible, or would make the role a \
                superuser's member, change the owner. Or let env.py switch to the owner with SET ROLE.
                """)
    ) { context, code in
        guard context.isReachable, let pending = context.pending, !pending.isEmpty,
            let missing = context.facts.missingPrivileges(for: pending, from: context.rows?.known ?? [])
        else { return [] }
        return [RuleResult(missing, of: pending.count, code)]
    }
}

extension RuleResult {
    fileprivate init(_ missing: MissingPrivileges, of count: Int, _ code: String) {
        let role = SQLIdentifier.quoted(missing.privileges.role)
        let revisions = count == 1 ? "the pending revision needs" : "pending revisions need"
        self.init(
            code, missing.isCertain ? .error : .warning, missing.isCertain ? .behind : .inSync,
            "Role \(role) lacks privileges that \(revisions): migrate \(missing.isCertain ? "would" : "may") fail.",
            evidence: missing.evidence,
            remedy: ["# As a superuser, in database \(SQLIdentifier.quoted(missing.privileges.database)):"]
                + missing.statements
                + (missing.isMemberWithoutInheriting
                    ? ["# Or let env.py run SET ROLE with the owner, of which \(role) is a member."] : []))
    }
}

extension Facts {
    /// What the role lacks to run these revisions; nil when nothing is known to be missing.
    package func missingPrivileges(for steps: [String], from rows: [String]) -> MissingPrivileges? {
        guard let privileges, let graph, let versionTable, versionTable.fault == nil else { return nil }
        return MissingPrivileges(
            for: steps, from: rows, graph: graph, versionTable: versionTable, privileges)
    }
}

extension Finding {
    package static let missingPrivilegesCode = Rule.serverMissingPrivileges.code

    /// The finding for exactly these revisions; nil when the role lacks nothing that they are known to need.
    package static func missingPrivileges(_ facts: Facts, for steps: [String], from rows: [String]) -> Finding? {
        facts.missingPrivileges(for: steps, from: rows).map {
            RuleResult($0, of: steps.count, Rule.serverMissingPrivileges.code).finding
        }
    }
}
