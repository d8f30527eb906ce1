import Support

/// The time to read a project's revisions, compared with Alembic on the same folder.
enum GraphFigures {
    /// Runs of each program; those of Alembic take about a second.
    private static let rounds = 9

    static func measure(in folder: TemporaryFolder, log: (String) -> Void) async throws -> [Figure] {
        log("Writing projects of 1,000 and 10,000 revisions …")
        let small = try ScriptProject(revisions: 1_000, in: folder, "small")
        let large = try ScriptProject(revisions: 10_000, in: folder, "large")
        log("Running schemad graph and alembic heads alternately, \(rounds) rounds …")
        let thousand = try await compare(small.graph, small.heads, rounds: rounds, callsPerRound: 3)
        let tenThousand = try await compare(large.graph, small.graph, rounds: rounds, callsPerRound: 1)
        return try [
            .ratio("schemad graph --json, 1,000 scripts", thousand.ours, "alembic heads", thousand.theirs, atLeast: 20),
            .times(
                "schemad graph --json, 10,000 scripts", tenThousand.ours, "1,000 scripts", tenThousand.theirs,
                atMost: 12),
        ] + CachedProjectFigures.measure(small: small, large: large)
    }
}
