import Diagnosis
import Postgres

/// Runs the queries of a database's probes as the application would: with its own search_path, each probe in one
/// read-only snapshot.
struct ProbeReader: Sendable {
    private let probes: [ProbeSettings]
    private let connection: Connection
    private let usesReadURL: Bool

    /// More rows than this are not fetched: a probe only shows that rows come back.
    private static let mostRows = 1_000

    /// - Parameters:
    ///   - address: of the database.
    ///   - readAddress: where the application reads instead, for example on a standby.
    init(_ probes: [ProbeSettings], _ address: DatabaseAddress, _ readAddress: DatabaseAddress?) {
        self.probes = probes
        usesReadURL = readAddress != nil
        connection = Connection(
            readAddress ?? address,
            SessionOptions(
                applicationName: "schemad probe", statementTimeoutMs: 2_000, lockTimeoutMs: 500, readOnly: true))
    }

    /// The probes in the order of the settings. Failures are part of the facts, a lost connection included.
    func read() async -> [ProbeFacts] {
        var facts: [ProbeFacts] = []
        var connectionError: PostgresError?
        for probe in probes {
            do throws(PostgresError) {
                // If the connection prevents one probe, it prevents all of them.
                if let connectionError { throw connectionError }
                facts.append(try await readTwice(probe))
            } catch {
                connectionError = error
                facts.append(
                    ProbeFacts(
                        name: probe.name, total: nil, returned: nil, connectionError: error.description,
                        usesReadURL: usesReadURL))
            }
        }
        return facts
    }

    /// A server that was restarted leaves a dead connection, and a standby cancels queries that conflict with replay
    /// (SQLSTATE 40001): neither says anything about the query.
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
            // The savepoint lets the other query run in the same snapshot when this one fails.
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
            let result = try session.query(probe.count)
            guard result.values.count == 1, let text = result.value, let number = Int64(text) else {
                throw PostgresError(
                    kind: .server, sqlstate: "22018", message: "The count query did not return a single whole number.")
            }
            return number
        }
        facts.returned = try attempt("rows") { () throws(PostgresError) in
            // Through a cursor, so that a query without LIMIT does not fetch a whole table.
            try session.query("DECLARE probe NO SCROLL CURSOR FOR \(statement(probe.rows))")
            let count = try session.query("FETCH \(mostRows) FROM probe").values.count
            try session.query("CLOSE probe")
            return Int64(count)
        }
        return facts
    }

    /// Without semicolons at the end.
    private static func statement(_ text: String) -> Substring {
        var text = text[...]
        while let last = text.last, last == ";" || last.isWhitespace { text.removeLast() }
        return text
    }
}

extension PostgresError {
    /// Whether the server itself rolled back the whole transaction.
    fileprivate var isRollback: Bool { sqlstate?.hasPrefix("40") ?? false }
}
