import Revisions
import Schema
import Text

extension Rule {
    static let schemaAlreadyExists = Rule(
        code: "schema.alreadyExists",
        severities: [.error],
        page: Page(
            title: "a pending revision makes something that is there already",
            problem: """
                The database has a part of what a pending revision makes: an earlier run ended half-way, a downgrade left \
                a type behind, or somebody made it by hand. A plain CREATE or ADD COLUMN fails then (SQLSTATE 42P07, \
                42701, 42710); one with IF NOT EXISTS keeps what is there, whatever its definition.
                """,
            evidence: "The pending revisions' changes in a replay, compared with the live catalog.",
            remedy: """
                Do not remove what holds data. If the object is what the revision makes, let the revision skip it \
                (IF NOT EXISTS, or a look at the database first). If the revision is complete otherwise, make the rest \
                by hand and record it with adminctl fixVersion --to.
                """)
    ) { context, code in
        let revisions = context.partlyApplied.filter { !$0.isApplied && !$0.present.isEmpty }
        guard let first = revisions.first, context.isReachable else { return [] }
        let changes = revisions.flatMap(\.present)
        let number = changes.count == 1 ? "1 change" : "\(changes.count) changes"
        let sqlstate = first.present.lazy.compactMap(\.sqlstate).first
        let failure = sqlstate.map { ": without a check it fails with \($0)" } ?? ""
        return [
            RuleResult(
                code, .error, .behind,
                "Database \(context.facts.database) has \(number) of pending revisions already "
                    + "(\(SafeText.list(changes.map(\.object)))). Revision \(first.revision) comes first\(failure).",
                evidence: revisions.flatMap(\.lines),
                remedy: [
                    "# Keep what is there. Let the revision skip it, for example with if_not_exists=True, then:",
                    context.adminctl("plan"),
                    "# Or make the rest of the revision by hand, and record it:",
                    context.adminctl("fixVersion --to \(ShellWord.quoted(first.revision))"),
                ])
        ]
    }
}

extension PendingRevision {
    /// What the database has of it, one line each.
    var lines: [String] {
        present.map { change in
            let state =
                switch change.action {
                case .creates: change.isSame ? "exists as defined there" : "exists with another definition"
                case .drops: "does not exist any more"
                case .changes: "is changed already"
                }
            return "\(revision) \(change.action.rawValue) \(change.kind.rawValue) \(change.object), which \(state)"
        }
    }
}

extension RuleContext {
    /// What to do before pending revisions can run of which the database has something already.
    var settlingPending: [String] {
        let code = rowsOfSchema == nil ? Rule.schemaAlreadyExists.code : Rule.rowsStale.code
        return ["# First resolve \(code), then:", adminctl("plan"), adminctl("migrate")]
    }
}
