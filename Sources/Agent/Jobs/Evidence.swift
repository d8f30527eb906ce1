import Postgres
import Revisions
import Wire

/// What the version table says of a job that has ended, whoever ran it and however it ended.
enum Evidence: Sendable {
    /// The rows now; nil is a NULL row.
    case rows([String?])
    case unknown(String)

    /// Waits until no backend of the job is left, then reads the rows on a fresh connection.
    ///
    /// - Parameters:
    ///   - patience: how long the database may be away, or a backend still at work.
    ///   - isCancelled: whether to give up before.
    static func gather(
        _ database: ManagedDatabase, schema: String?, table: String, patience: Duration = .seconds(60),
        isCancelled: () -> Bool = { false }
    ) async -> Evidence {
        let deadline = ContinuousClock.now + patience
        while true {
            let evidence = await look(database, schema: schema, table: table)
            guard case .unknown = evidence, .now < deadline, !isCancelled() else { return evidence }
            // Neither a server that comes back nor the end of another session is announced: polled, with a deadline.
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private static func look(_ database: ManagedDatabase, schema: String?, table name: String) async -> Evidence {
        let connection = Connection(database.address, .read(applicationName: "schemad evidence"))
        let evidence: Evidence
        do {
            evidence = try await connection.withSession { session throws(PostgresError) in
                guard try Locks.fenceIsFree(session) else { return .unknown("a backend of the job is still at work") }
                let table = try VersionTableReader.read(session, schema: schema, name: name)
                return switch table.state {
                case .table: .rows(table.rows)
                case .missing: .rows([])
                case .denied(let message): .unknown(message)
                case .notATable(let kind): .unknown("\(name) is a \(kind) now")
                case .columnMissing: .unknown("\(name) has no column version_num now")
                }
            }
        } catch {
            evidence = .unknown(error.description)
        }
        await connection.close()
        return evidence
    }
}

/// What stands in the version table after a job, held against what the job was to do.
struct Standing: Sendable {
    var rows: [String?]
    /// The planned revisions that the rows include, in the order of the plan.
    var applied: [String]
    private let context: JobContext

    init(_ rows: [String?], _ context: JobContext, graph: RevisionGraph?) {
        self.rows = rows
        self.context = context
        let values = rows.compactMap(\.self)
        let included = graph?.closure(of: values) ?? Set(values)
        applied = context.steps.filter(included.contains)
    }

    var isComplete: Bool { Self.same(rows, context.to) }
    var isUntouched: Bool { Self.same(rows, context.from) }

    /// One clause about what is recorded.
    var sentence: String {
        if isUntouched { return "nothing was recorded: the version table is as before" }
        guard applied.isEmpty else {
            return
                "\(applied.count) of \(context.steps.count) revisions are recorded: \(applied.joined(separator: ", "))"
        }
        return "the rows are now \(rows.map { $0 ?? "NULL" }.joined(separator: ", "))"
    }

    /// The same for programs.
    var details: [JSON.Object.Member] {
        func list(_ rows: [String?]) -> JSON { .array(rows.map { $0.map(JSON.string) ?? .null }) }
        return [.init("applied", list(applied)), .init("rows", list(rows)), .init("from", list(context.from))]
    }

    /// Whether two tables hold the same rows, in any order.
    static func same(_ left: [String?], _ right: [String?]) -> Bool {
        func counts(_ rows: [String?]) -> [String?: Int] { rows.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
        return counts(left) == counts(right)
    }
}
