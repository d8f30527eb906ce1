import Diagnosis
import FoundationEssentials
import Journal
import Postgres
import Revisions
import Tokens
import Wire

/// What a repair of the version table would do, with the statements that do it. A pure value.
struct RepairPlan: Sendable {
    var repair: RowRepair.Outcome
    /// The rows now; `nil` where the table is missing.
    var before: [String?]?
    var schema: String
    var table: String

    /// Plans a repair, to the rows of `to` where they are given.
    ///
    /// - Throws: `permissionDenied` and `precondition` for a version table that cannot be repaired as a table.
    init(_ survey: Survey, to: [String]?) throws(WireError) {
        let facts = survey.reading.versionTable
        schema = facts.schema
        table = facts.name
        switch facts.presence {
        case .table(let rows): before = rows
        case .missing: before = nil
        case .denied(let message):
            throw WireError(.permissionDenied, "the version table \(table) cannot be read: \(message)")
        case .other(let kind):
            throw WireError(
                .precondition, "\(schema).\(table) is a \(kind), not a table of versions; rename or drop it first")
        }
        repair = RowRepair(rows: before, graph: survey.project.graph, to: to).outcome
    }

    /// Names this plan: the same table, rows and changes give the same id.
    var id: String? {
        guard case .planned(let changes, let after) = repair else { return nil }
        let plan = Identity(schema: schema, table: table, before: before, changes: changes, after: after)
        guard let bytes = try? WireCoding.encode(plan) else { return nil }
        return SHA256.hash(bytes).prefix(8).hexadecimal
    }

    private struct Identity: Encodable {
        var schema: String
        var table: String
        var before: [String?]?
        var changes: [RowChange]
        var after: [String]
    }

    var expectation: VersionTableWriter.Expectation { before.map { .rows($0) } ?? .missing }

    /// The changes as statements, each of which takes all rows of one value: deletions first, so that an update never
    /// meets rows that are to go.
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
                kind: .delete, row: deletion.row,
                keepOne: before.count(where: { $0 == deletion.row }) > deletion.count)
        }
        let updated = changes.filter { $0.action == "update" }.map {
            VersionTableChange(kind: .update, row: $0.row, to: $0.to)
        }
        let inserted = changes.filter { $0.action == "insert" }.map { VersionTableChange(kind: .insert, to: $0.to) }
        return deleted + updated + inserted
    }

    /// The plan as an answer.
    var result: FixVersion.Result {
        switch repair {
        case .nothingToDo: FixVersion.Result(state: .nothingToDo, before: before, after: before)
        case .refused(let reason): FixVersion.Result(state: .refused, before: before, after: nil, reason: reason)
        case .ambiguous(let reason): FixVersion.Result(state: .ambiguous, before: before, after: nil, reason: reason)
        case .planned(let changes, let after):
            FixVersion.Result(
                state: .planned, plan: id, before: before, after: after,
                changes: changes.map { .init(row: $0.row, action: $0.action, reason: $0.reason, to: $0.to) },
                sql: VersionTableWriter.sql(
                    Self.statements(changes, before: before ?? []), schema: schema, name: table,
                    expecting: expectation))
        }
    }
}

/// The rows on both sides of a repair, as the journal keeps them.
struct RepairRecord: Sendable {
    var from: [String?]
    var to: [String?]

    init(from: [String?], to: [String?]) {
        self.from = from
        self.to = to
    }

    /// - Throws: `internal` when the journal's text is not what this version writes.
    init(_ repair: Repair) throws(WireError) {
        do {
            from = try JSONDecoder().decode([String?].self, from: Data(repair.before.utf8))
            to = try JSONDecoder().decode([String?].self, from: Data(repair.after.utf8))
        } catch {
            throw WireError(.internal, "the record of repair \(repair.id) cannot be read")
        }
    }

    func repair(_ id: String, database: String) -> Repair {
        Repair(
            id: id, database: database, before: text(from), after: text(to), appliedAt: WallClock.milliseconds)
    }

    private func text(_ rows: [String?]) -> String {
        let encoded = JSON.array(rows.map { $0.map(JSON.string) ?? .null }).encoded(sorted: true)
        return String(decoding: encoded, as: UTF8.self)
    }

    /// What leads from the rows after the repair back to those before it.
    var inverse: [VersionTableChange] {
        var surplus = to
        var missing: [String?] = []
        for row in from {
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
