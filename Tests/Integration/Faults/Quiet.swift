import Support

extension TestDatabase {
    /// Waits until no session of the agent is idle inside a transaction, and none holds a lock: a read that is over has
    /// left nothing behind.
    func eventuallyQuiet() async throws {
        var left: [String?] = []
        do {
            try await eventually("the agent's sessions are at rest", deadline: .seconds(20)) {
                left = try await column(
                    """
                    SELECT DISTINCT concat_ws(' ', a.pid, a.application_name, a.state, l.locktype, l.mode)
                    FROM pg_stat_activity a LEFT JOIN pg_locks l ON l.pid = a.pid
                    WHERE a.application_name LIKE 'schemad %' AND a.datname = current_database()
                    AND (a.state LIKE 'idle in transaction%' OR l.pid IS NOT NULL)
                    """)
                return left.isEmpty
            }
        } catch {
            throw SupportError("\(error) Left are: \(left)")
        }
    }
}
