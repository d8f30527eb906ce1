import Revisions
import Schema
import Text

extension Rule {
    static let schemaAlreadyExists = Rule(
        code: "schema.alreadyExists",
        severities: [.error, .warning],
        page: Page(
            title: "a pending revision makes something that is there already",
            problem: """
                The database has a part of what a pending revision makes: an earlier run ended half-way, a downgrade left \
                a type behind, or somebody made it by hand. A plain CREATE or ADD COLUMN fails then (SQLSTATE 42P07, \
                42701, 42710); one with IF NOT EXISTS keeps what is there, whatever its definition.
                """,
            evidence: """
                The pending revisions' changes in a replay, compared with the live catalog; and a trial, in which they \
                run in a shadow database that has the live schema without its rows.
                """,
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
        let trial = AlreadyExistsTrial(context.facts, first, changes)
        let isFirst = context.pending?.first.map { $0 == trial.revision } ?? true
        return [
            RuleResult(
                code, trial.runs ? .warning : .error, .behind,
                "Database \(context.facts.database) has \(number) of pending revisions already "
                    + "(\(SafeText.list(changes.map(\.object)))). \(trial.sentence)",
                evidence: revisions.flatMap(\.lines) + trial.evidence,
                remedy: trial.runs
                    ? ["# The revisions run as they are:", context.adminctl("plan"), context.adminctl("migrate")]
                    : revisions.droppingTypes + [
                        changes.skipping,
                        context.adminctl("plan"),
                        isFirst
                            ? "# Or make the rest of the revision by hand, and record it:"
                            : "# Or run the revisions before it, make the rest of it by hand, and record it:",
                        context.adminctl("fixVersion --to \(ShellWord.quoted(trial.revision))"),
                    ])
        ]
    }
}

extension [PendingRevision.Change] {
    /// How a revision is made to run on a database that has these changes.
    fileprivate var skipping: String {
        if contains(where: { $0.action == .creates }) {
            return "# Keep what is there. Let the revision skip it, for example with if_not_exists=True, then:"
        }
        return contains { $0.action == .drops }
            ? "# Let the revision skip what is gone already, for example with if_exists=True, then:"
            : "# Keep what is there. Let the revision skip what is changed already, then:"
    }
}

/// What a trial says about revisions of which the database has something.
private struct AlreadyExistsTrial {
    /// Whether all pending revisions ran.
    var runs = false
    /// The revision that fails, or the first one that may.
    var revision: String
    var sentence: String
    var evidence: [String] = []

    /// - Parameter changes: all that the database has of pending revisions.
    init(_ facts: Facts, _ first: PendingRevision, _ changes: [PendingRevision.Change]) {
        revision = first.revision
        let sqlstate = first.present.lazy.compactMap { $0.sqlstate(among: changes) }.first
        sentence =
            "Revision \(first.revision) comes first"
            + (sqlstate.map { ": without a check it fails with \($0)." } ?? ".")
        if let failure = facts.certainFailure {
            revision = failure.revision
            sentence = "Revision \(revision) fails with \(failure.sqlstate ?? "an error") (\(failure.message))."
            return
        }
        switch facts.trial {
        case .passed?:
            runs = true
            sentence = "They run nevertheless, and keep what is there."
        case .running?: evidence = ["a trial of the revisions in the shadow has not ended"]
        case .failed(let failure)?:
            revision = failure.revision
            sentence =
                "In a trial without rows, revision \(revision) failed with \(failure.sqlstate ?? "an error") "
                + "(\(failure.message))."
        case .notPossible(let reason)?: evidence = ["the revisions could not be tried in a shadow: \(reason)"]
        case nil: break
        }
    }
}

extension PendingRevision.Change {
    /// The SQLSTATE of the plain statement, where the database has all of these changes: a part of a table that does not
    /// exist cannot be dropped because of the table.
    fileprivate func sqlstate(among changes: [PendingRevision.Change]) -> String? {
        guard action == .drops, let table = SchemaDifference.part(object)?.table,
            changes.contains(where: { $0.action == .drops && $0.object == table && $0.sqlstate == "42P01" })
        else { return sqlstate }
        return "42P01"
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

extension [PendingRevision] {
    /// What removes the types that a downgrade left behind: none of them contains rows.
    fileprivate var droppingTypes: [String] {
        let types = flatMap(\.present).filter { $0.action == .creates && $0.kind.isType }
        if types.isEmpty { return [] }
        return ["-- In psql, for a type that a downgrade left behind; this fails while a column uses it:"]
            + types.map { "DROP \($0.kind == .domain ? "DOMAIN" : "TYPE") \($0.object);" }
    }
}

extension ObjectKind {
    fileprivate var isType: Bool {
        switch self {
        case .enum, .domain, .compositeType, .rangeType: true
        default: false
        }
    }
}

extension RuleContext {
    /// Whether pending revisions of which the database has something have to be settled before they can run.
    var mustSettlePending: Bool { !partlyApplied.isEmpty && facts.trial != .passed }

    /// What to do before pending revisions can run of which the database has something already.
    var settlingPending: [String] {
        let code = rowsOfSchema == nil ? Rule.schemaAlreadyExists.code : Rule.rowsStale.code
        return ["# First resolve \(code), then:", adminctl("plan"), adminctl("migrate")]
    }
}
