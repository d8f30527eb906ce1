import Wire

/// The requests that the bridge sends to the agent.
protocol Agent: Sendable {
    /// Records a migration job and returns without waiting for its end.
    ///
    /// - Throws: the agent's error, or `degraded` when the agent cannot be reached.
    func migrate(
        database: String, idempotencyKey: String, reason: String, deadline: Duration
    ) async throws(WireError) -> Migrate.Result

    /// The job with that id; nil when there is none.
    ///
    /// - Throws: the agent's error, or `degraded` when the agent cannot be reached.
    func job(_ id: String) async throws(WireError) -> JobEntry?

    /// The hello with which the agent begins a connection.
    ///
    /// - Throws: `degraded` when the agent cannot be reached.
    func hello() async throws(WireError) -> Hello
}
