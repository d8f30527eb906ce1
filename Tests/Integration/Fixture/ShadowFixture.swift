import Diagnosis
import Postgres
import Schema
import Support
import Wire

/// Agents that replay the migrations in a shadow and compare the whole schema.
enum ShadowFixture {
    /// Lines of `[shadow]` that use the shared test server.
    static func settings() async throws -> [String] { ["url = \"\(await (try TestCluster.shared()).url())\""] }

    /// Runs the body with an agent for the example with a database at the head, after the replay.
    ///
    /// - Parameter settings: further lines of `[databases.main]`.
    static func withProspects<T: Sendable>(
        settings: [String] = [], isolation: isolated (any Actor)? = #isolation,
        _ body: (AgentFixture, TestDatabase) async throws -> T
    ) async throws -> T {
        let lines = try await Self.settings()
        return try await ProspectsExample.withAgent("healthy") {
            $0.shadow = lines
            $0.database += settings
        } _: { agent, database in
            try await agent.diagnoseAfterReplay()
            return try await body(agent, database)
        }
    }
}

extension AgentFixture {
    /// Waits until the migrations have been replayed.
    ///
    /// - Returns: the diagnosis after the replay.
    @discardableResult
    func diagnoseAfterReplay() async throws -> Diagnose.Result {
        var diagnosis: Diagnose.Result?
        try await eventually("the migrations are replayed", deadline: .seconds(120)) {
            diagnosis = try await diagnose()
            return diagnosis?.schema.sources.migrations ?? false
        }
        guard let diagnosis else { throw SupportError("There is no diagnosis.") }
        return diagnosis
    }
}

extension SchemaDifference {
    /// Kind, object, cause and severity in one line.
    var summary: String {
        "\(kind.rawValue) \(object) \(blame?.rawValue ?? "-")\(breaking ? " breaking" : "")"
    }
}
