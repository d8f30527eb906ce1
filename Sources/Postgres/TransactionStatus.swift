/// What became of a transaction.
public enum TransactionStatus: String, Codable, Hashable, Sendable {
    case committed, aborted
    /// It is still running, or prepared for two-phase commit.
    case inProgress = "in progress"

    /// - Parameter id: from ``Session/transactionID()``, on the same server and timeline.
    /// - Returns: nil when the transaction is so old that the server no longer knows.
    /// - Throws: `changedMeanwhile` when the server has never had the transaction; errors of the connection.
    public static func read(_ id: String, _ session: Session) throws(PostgresError) -> TransactionStatus? {
        let (function, type) = session.serverVersion >= 130_000 ? ("pg_xact_status", "xid8") : ("txid_status", "int8")
        do {
            return try session.query("SELECT pg_catalog.\(function)($1::pg_catalog.\(type))", [id]).value
                .flatMap(TransactionStatus.init)
        } catch  where error.sqlstate == "22023" {
            throw PostgresError(
                kind: .changedMeanwhile, sqlstate: error.sqlstate,
                message: "The server has never had transaction \(id): it lost its last commits.")
        }
    }
}
