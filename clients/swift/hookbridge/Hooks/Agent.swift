import Wire

/// What the bridge asks of the agent.
protocol Agent: Sendable {
    /// Has a migration recorded and answers at once.
    ///
    /// - Throws: the agent's refusal, or `degraded` when it cannot be reached.
    func migrate(
        database: String, idempotencyKey: String, reason: String, deadline: Duration
    ) async throws(WireError) -> Migrate.Result

    /// The job of that id; nil when there is none.
    ///
    /// - Throws: the agent's refusal, or `degraded` when it cannot be reached.
    func job(_ id: String) async throws(WireError) -> JobEntry?

    /// What the agent says of itself when it is dialled.
    ///
    /// - Throws: `degraded` when it cannot be reached.
    func hello() async throws(WireError) -> Hello
}
