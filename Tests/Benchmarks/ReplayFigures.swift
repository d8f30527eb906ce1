import Subprocess
import Support

/// The time of `schemad snapshot`, which replays a history and reads the schema after each revision, compared with
/// `alembic upgrade head`, which only runs it.
enum ReplayFigures {
    /// Runs of each program; each takes several seconds.
    private static let rounds = 3

    static func measure(in folder: TemporaryFolder, log: (String) -> Void) async throws -> [Figure] {
        let small = try RevisionProject(revisions: 150, in: folder, "revisions150")
        let large = try RevisionProject(revisions: 600, in: folder, "revisions600")
        log("Running schemad snapshot and alembic upgrade head alternately, \(rounds) rounds …")
        // The first runs are not measured: they write Python's bytecode.
        for project in [small, large] { try await upgrade(project) }
        var (smallTimes, largeTimes, upgradeTimes): ([Duration], [Duration], [Duration]) = ([], [], [])
        for _ in 0..<rounds {
            upgradeTimes.append(try await upgrade(large))
            largeTimes.append(try await snapshot(large, in: folder))
            smallTimes.append(try await snapshot(small, in: folder))
        }
        return [
            .times(
                "schemad snapshot, 600 revisions", median(largeTimes), "alembic upgrade head", median(upgradeTimes),
                atMost: 2),
            .times(
                "schemad snapshot, 600 revisions", median(largeTimes), "150 revisions", median(smallTimes), atMost: 5),
        ]
    }

    private static func snapshot(_ project: RevisionProject, in folder: TemporaryFolder) async throws -> Duration {
        try await TimedCommand(
            program: try Products.path("schemad"),
            arguments: [
                "snapshot", "--project", ".", "--python", TestPython.interpreter, "--out", folder.path("snapshot"),
            ], environment: .inherit, folder: project.path
        ).run()
    }

    /// Upgrades a new database, which is not part of the measured time.
    @discardableResult
    private static func upgrade(_ project: RevisionProject) async throws -> Duration {
        let database = try await TestCluster.database()
        let time = try await project.upgrade(database.url)
        try await TestCluster.drop(database.name)
        return time
    }
}
