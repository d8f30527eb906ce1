import Diagnosis
import Postgres
import Schema
import Support
import Wire

/// An agent whose project's migrations are replayed, and everything compared.
enum Shadowed {
    /// Replays on the tests' own server.
    static func shadow() async throws -> [String] { ["url = \"\(await (try TestCluster.shared()).url())\""] }

    /// Runs the body with an agent for the example, its database at the head, once the replay is at hand.
    static func withProspects<T: Sendable>(
        settings: [String] = [], isolation: isolated (any Actor)? = #isolation,
        _ body: (AgentFixture, TestDatabase) async throws -> T
    ) async throws -> T {
        let shadow = try await shadow()
        return try await Prospects.withAgent("healthy") {
            $0.shadow = shadow
            $0.database += settings
        } _: { agent, database in
            try await agent.whole()
            return try await body(agent, database)
        }
    }
}

extension AgentFixture {
    /// Waits until the migrations have been replayed; gives the diagnosis then.
    @discardableResult
    func whole() async throws -> Diagnose.Result {
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
    /// Kind, object, blame and weight in one line.
    var summary: String {
        "\(kind.rawValue) \(object) \(blame?.rawValue ?? "-")\(breaking ? " breaking" : "")"
    }
}
