import Glibc
import Support

/// What a diagnosis of a large schema costs, against Alembic's own check of the same.
enum SchemaFigures {
    /// Runs of Alembic; each takes some seconds.
    private static let rounds = 5

    static func measure(in folder: TemporaryFolder, say: (String) -> Void) async throws -> [Figure] {
        say("Making a database of 1,000 tables …")
        let stage = try await Stage.tables(1_000, in: folder)
        let agent = try await stage.startAgent()
        try await stage.untilCompared()
        say("Running adminctl diagnose --fresh and alembic check in turns, \(rounds) rounds …")
        let check = try await compare(
            stage.adminctl("diagnose", "--fresh"), stage.alembic("check"), rounds: rounds, callsPerRound: 5)
        agent.signal(SIGTERM)
        try await agent.wait()
        try await stage.end()
        return [
            .ratio("adminctl diagnose --fresh, 1,000 tables", check.ours, "alembic check", check.theirs, atLeast: 40)
        ]
    }
}
