import Glibc
import Postgres
import Support

/// What a diagnosis of a large schema costs, against Alembic's own check of the same and against psql that fetches the
/// same rows.
enum SchemaFigures {
    /// Runs of Alembic; each takes some seconds.
    private static let rounds = 5

    static func measure(in folder: TemporaryFolder, say: (String) -> Void) async throws -> [Figure] {
        let small = try await Measured(tables: 1_000, in: folder, say: say)
        let check = try await small.againstAlembic(rounds: rounds)
        let read = try await small.againstPsql(rounds: rounds * 2, in: folder)
        let smallTimes = try await small.times(rounds: rounds * 2)
        try await small.end()
        let large = try await Measured(tables: 10_000, in: folder, say: say)
        let largeTimes = try await large.times(rounds: rounds)
        let memory = try large.agent.residentBytes()
        try await large.end()
        return [
            .ratio("adminctl diagnose --fresh, 1,000 tables", check.ours, "alembic check", check.theirs, atLeast: 40),
            .ratio("the same after DDL", smallTimes.changed, "alembic check", check.theirs, atLeast: 40),
            .times("the same after DDL", read.ours, "psql, same catalog rows", read.theirs, atMost: 2),
            .times(
                "diagnose --fresh, 10,000 tables", largeTimes.unchanged, "1,000 tables", smallTimes.unchanged,
                atMost: 12),
            .times("the same after DDL", largeTimes.changed, "1,000 tables", smallTimes.changed, atMost: 12),
            .bytes("schemad, resident memory, 10,000 tables", memory, atMost: 250_000_000),
        ]
    }

    /// A database of many tables with an agent that knows it.
    private struct Measured {
        let stage: Stage
        let agent: BackgroundProgram
        let rows: CatalogRows

        init(tables: Int, in folder: TemporaryFolder, say: (String) -> Void) async throws {
            say("Making a database of \(tables) tables …")
            stage = try await Stage.tables(tables, in: folder)
            try await TestCluster.administer("ALTER DATABASE \(stage.database.name) SET log_statement = 'all'")
            agent = try await stage.startAgent()
            try await stage.untilCompared()
            let process = try await TestCluster.execute(
                stage.database.url,
                """
                SELECT pid FROM pg_stat_activity WHERE application_name = 'schemad read'
                AND datname = current_database()
                """
            ).value
            let log = await (try TestCluster.shared()).log(lines: .max)
            rows = try CatalogRows(log: log, process: process ?? "", in: folder)
            try await TestCluster.administer("ALTER DATABASE \(stage.database.name) RESET log_statement")
            say("Measuring with \(tables) tables …")
        }

        /// Nothing has changed since the last diagnosis.
        func againstAlembic(rounds: Int) async throws -> (ours: Duration, theirs: Duration) {
            try await compare(
                stage.adminctl("diagnose", "--fresh"), stage.alembic("check"), rounds: rounds, callsPerRound: 5)
        }

        /// Before each diagnosis something has changed, so that all of the catalog is read again.
        func againstPsql(
            rounds: Int, in folder: TemporaryFolder
        ) async throws -> (ours: Duration, theirs: Duration) {
            let psql = rows.psql(stage.database.url, in: folder)
            var (ours, theirs): ([Duration], [Duration]) = ([], [])
            for _ in 0..<rounds {
                theirs.append(try await psql.run())
                ours.append(try await afterChange())
            }
            return (median(ours), median(theirs))
        }

        func times(rounds: Int) async throws -> (unchanged: Duration, changed: Duration) {
            var (unchanged, changed): ([Duration], [Duration]) = ([], [])
            for _ in 0..<rounds {
                changed.append(try await afterChange())
                unchanged.append(try await stage.adminctl("diagnose", "--fresh").run())
            }
            return (median(unchanged), median(changed))
        }

        private func afterChange() async throws -> Duration {
            try await TestCluster.execute(
                stage.database.url, "CREATE TABLE IF NOT EXISTS mine (id int)", "DROP TABLE mine",
                "CREATE TABLE mine (id int)")
            return try await stage.adminctl("diagnose", "--fresh").run()
        }

        func end() async throws {
            agent.signal(SIGTERM)
            try await agent.wait()
            try await stage.end()
        }
    }
}
