import Support

extension TestDatabase {
    /// Waits until no session of the agent is idle in a transaction or holds a lock.
    func waitForIdleSessions() async throws {
        var busy: [String?] = []
        do {
            try await eventually("the agent's sessions are idle", deadline: .seconds(20)) {
                busy = try await column(
                    """
                    SELECT DISTINCT concat_ws(' ', a.pid, a.application_name, a.state, l.locktype, l.mode)
                    FROM pg_stat_activity a LEFT JOIN pg_locks l ON l.pid = a.pid
                    WHERE a.application_name LIKE 'schemad %' AND a.datname = current_database()
                    AND (a.state LIKE 'idle in transaction%' OR l.pid IS NOT NULL)
                    """)
                return busy.isEmpty
            }
        } catch {
            throw SupportError("\(error) Sessions with a transaction or a lock: \(busy)")
        }
    }
}
