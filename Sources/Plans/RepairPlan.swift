package import Diagnosis
package import Revisions
package import Schema
import Text

/// What a repair of the version table would do, with the statements that do it. A pure value.
package struct RepairPlan: Sendable {
    package var repair: RowRepair.Outcome
    /// The rows now; nil when the table is missing.
    package var before: [String?]?
    package var schema: String
    package var table: String
    /// The number of characters of the column in a table that the repair creates; nil is no limit.
    private var createdWidth: Int?

    /// Plans a repair, to the rows of `target` where they are given.
    ///
    /// - Parameter shown: the rows that the schema shows, where it has more than legitimate rows say.
    /// - Throws: `permissionDenied` and `precondition` for a version table that cannot be read as a table.
    package init(
        _ facts: VersionTableFacts, graph: RevisionGraph, to target: [String]?, shownBySchema shown: [String]? = nil
    ) throws(PlansError) {
        try facts.requireReadable()
        schema = facts.schema
        table = facts.name
        before = facts.rows
        createdWidth = facts.nextColumnWidth
        repair = RowRepair(rows: before, graph: graph, to: target, shownBySchema: shown).outcome
    }

    /// The same table, rows and changes give the same id; nil when there is nothing to apply.
    package var id: String? {
        guard case .planned(_, let after) = repair else { return nil }
        // Each value is quoted, so that no two different plans give the same text.
        func texts(_ rows: [String?]?) -> String {
            rows.map { rows in rows.map { $0.map(SQLLiteral.quoted) ?? "NULL" }.joined(separator: ",") } ?? "missing"
        }
        let parts = [SQLIdentifier.quoted(schema), SQLIdentifier.quoted(table), texts(before), texts(after)]
        return PlanIdentity.digest(of: (parts + sql).joined(separator: "\n"))
    }

    /// The changes in the order in which they are made, and what the table must be when they begin; nil unless a
    /// repair is planned.
    package var update: VersionTableUpdate? {
        guard case .planned(let changes, _) = repair else { return nil }
        return VersionTableUpdate(
            Self.statements(changes, before: before ?? []), schema: schema, name: table,
            expecting: before.map { .rows($0) } ?? .missing, createdWidth: createdWidth.map(fitting))
    }

    /// The width, or more where an id of the repaired rows needs more.
    private func fitting(_ width: Int) -> Int {
        guard case .planned(_, let after) = repair else { return width }
        return max(width, after.map(\.unicodeScalars.count).max() ?? 0)
    }

    /// The transaction that makes the changes, one statement an element; empty unless a repair is planned.
    package var sql: [String] { update?.sql ?? [] }

    /// Row changes as statements, each of which affects all rows of one value: deletions first, so that an update never
    /// conflicts with a row that is about to be deleted.
    static func statements(_ changes: [RowChange], before: [String?]) -> [VersionTableChange] {
        var deletions: [(row: String?, count: Int)] = []
        for change in changes where change.action == "delete" {
            if let index = deletions.firstIndex(where: { $0.row == change.row }) {
                deletions[index].count += 1
            } else {
                deletions.append((change.row, 1))
            }
        }
        let deleted = deletions.map { deletion in
            VersionTableChange(
                kind: .delete, row: deletion.row, keepOne: before.count { $0 == deletion.row } > deletion.count)
        }
        let updated = changes.filter { $0.action == "update" }.map {
            VersionTableChange(kind: .update, row: $0.row, to: $0.to)
        }
        let inserted = changes.filter { $0.action == "insert" }.map { VersionTableChange(kind: .insert, to: $0.to) }
        return deleted + updated + inserted
    }
}

/// The rows before and after a repair: what is needed to undo it.
package struct RepairRecord: Hashable, Sendable {
    /// The rows before; nil is a NULL row.
    package var before: [String?]
    package var after: [String?]

    package init(before: [String?], after: [String?]) {
        self.before = before
        self.after = after
    }

    /// The changes that lead from the rows after the repair back to those before it.
    package var inverse: [VersionTableChange] {
        var surplus = after
        var missing: [String?] = []
        for row in before {
            if let index = surplus.firstIndex(where: { $0 == row }) {
                surplus.remove(at: index)
            } else {
                missing.append(row)
            }
        }
        return surplus.map { VersionTableChange(kind: .delete, row: $0) }
            + missing.map { VersionTableChange(kind: .insert, to: $0) }
    }
}
