import Diagnosis
import Postgres

/// Runs the queries of a database's probes as the application would: with its own search_path, in one read-only
/// snapshot for each probe.
struct ProbeReader: Sendable {
    private let probes: [ProbeSettings]
    private let connection: Connection
    private let asksAnotherServer: Bool

    /// A probe that brings more rows than this has shown what it shall.
    private static let mostRows = 1_000

    /// - Parameters:
    ///   - address: of the database.
    ///   - readAddress: of a standby that answers for it.
    init(_ probes: [ProbeSettings], _ address: DatabaseAddress, _ readAddress: DatabaseAddress?) {
        self.probes = probes
        asksAnotherServer = readAddress != nil
        connection = Connection(
            readAddress ?? address,
            SessionOptions(
                applicationName: "schemad probe", statementTimeoutMs: 2_000, lockTimeoutMs: 500, readOnly: true))
    }

    /// The probes in the order of the settings. What fails is in the facts, the lost connection included.
    func read() async -> [ProbeFacts] {
        var facts: [ProbeFacts] = []
        var obstacle: PostgresError?
        for probe in probes {
            do throws(PostgresError) {
                // What keeps one from being run keeps all.
                if let obstacle { throw obstacle }
                facts.append(try await readTwice(probe))
            } catch {
                obstacle = error
                facts.append(
                    ProbeFacts(
                        name: probe.name, total: nil, returned: nil, obstacle: error.description,
                        asksAnotherServer: asksAnotherServer))
            }
        }
        return facts
    }

    /// A server that was restarted leaves a dead link, and a standby ends queries that are in the way of what it
    /// replays (SQLSTATE 40001): neither says anything about the query.
    private func readTwice(_ probe: ProbeSettings) async throws(PostgresError) -> ProbeFacts {
        do throws(PostgresError) { return try await read(probe) } catch {
            guard error.kind == .connectionLost || error.isRollback else { throw error }
            return try await read(probe)
        }
    }

    private func read(_ probe: ProbeSettings) async throws(PostgresError) -> ProbeFacts {
        try await connection.withSession { session throws(PostgresError) in
            try session.transaction(isolation: .repeatableRead) { () throws(PostgresError) in
                try Self.read(probe, session)
            }
        }
    }

    private static func read(_ probe: ProbeSettings, _ session: Session) throws(PostgresError) -> ProbeFacts {
        var facts = ProbeFacts(name: probe.name, total: nil, returned: nil)
        func attempt(_ query: String, _ body: () throws(PostgresError) -> Int64) throws(PostgresError) -> Int64? {
            // A savepoint: the other query runs, and in the same snapshot, when this one fails.
            try session.query("SAVEPOINT probe")
            do throws(PostgresError) {
                return try body()
            } catch {
                guard error.kind != .connectionLost, !error.isRollback else { throw error }
                facts.failures.append(.init(query: query, sqlstate: error.sqlstate, message: error.message))
                try session.query("ROLLBACK TO SAVEPOINT probe")
                return nil
            }
        }
        facts.total = try attempt("count") { () throws(PostgresError) in
            let answer = try session.query(probe.count)
            guard answer.values.count == 1, let text = answer.value, let number = Int64(text) else {
                throw PostgresError(
                    kind: .server, sqlstate: "22018", message: "The count gives no single whole number.")
            }
            return number
        }
        facts.returned = try attempt("rows") { () throws(PostgresError) in
            // Through a cursor, so that a query without LIMIT does not bring a whole table.
            try session.query("DECLARE probe NO SCROLL CURSOR FOR \(statement(probe.rows))")
            let count = try session.query("FETCH \(mostRows) FROM probe").values.count
            try session.query("CLOSE probe")
            return Int64(count)
        }
        return facts
    }

    /// Without the semicolons that people end a statement with.
    private static func statement(_ text: String) -> Substring {
        var text = text[...]
        while let last = text.last, last == ";" || last.isWhitespace { text.removeLast() }
        return text
    }
}

extension PostgresError {
    /// The server has rolled back the whole transaction on its own account.
    fileprivate var isRollback: Bool { sqlstate?.hasPrefix("40") ?? false }
}
