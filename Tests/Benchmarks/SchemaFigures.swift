import Glibc
import Postgres
import Support

/// The time of a diagnosis of a large schema, compared with `alembic check` and with psql that fetches the same rows.
enum SchemaFigures {
    /// Runs of Alembic; each takes several seconds.
    private static let rounds = 5

    static func measure(in folder: TemporaryFolder, log: (String) -> Void) async throws -> [Figure] {
        let small = try await MeasuredSchema(tables: 1_000, in: folder, log: log)
        let check = try await small.againstAlembic(rounds: rounds)
        let read = try await small.againstPsql(rounds: rounds * 2, in: folder)
        let smallTimes = try await small.times(rounds: rounds * 2)
        try await small.end()
        let large = try await MeasuredSchema(tables: 10_000, in: folder, log: log)
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

    /// A database with many tables and an agent that has read it.
    private struct MeasuredSchema {
        let environment: BenchmarkEnvironment
        let agent: BackgroundProgram
        let queries: CatalogQueries

        init(tables: Int, in folder: TemporaryFolder, log: (String) -> Void) async throws {
            log("Creating a database with \(tables) tables …")
            environment = try await BenchmarkEnvironment.tables(tables, in: folder)
            try await TestCluster.administer("ALTER DATABASE \(environment.database.name) SET log_statement = 'all'")
            agent = try await environment.startAgent()
            try await environment.waitForReplay()
            let process = try await TestCluster.execute(
                environment.database.url,
                """
                SELECT pid FROM pg_stat_activity WHERE application_name = 'schemad read'
                AND datname = current_database()
                """
            ).value
            let serverLog = await (try TestCluster.shared()).log(lines: .max)
            queries = try CatalogQueries(log: serverLog, process: process ?? "", in: folder)
            try await TestCluster.administer("ALTER DATABASE \(environment.database.name) RESET log_statement")
            log("Measuring with \(tables) tables …")
        }

        /// Diagnoses without a change since the last one.
        func againstAlembic(rounds: Int) async throws -> (ours: Duration, theirs: Duration) {
            try await compare(
                environment.adminctl("diagnose", "--fresh"), environment.alembic("check"), rounds: rounds,
                callsPerRound: 5)
        }

        /// Diagnoses after a change, so that the agent reads the whole catalog again.
        func againstPsql(
            rounds: Int, in folder: TemporaryFolder
        ) async throws -> (ours: Duration, theirs: Duration) {
            let psql = queries.psql(environment.database.url, in: folder)
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
                unchanged.append(try await environment.adminctl("diagnose", "--fresh").run())
            }
            return (median(unchanged), median(changed))
        }

        private func afterChange() async throws -> Duration {
            try await TestCluster.execute(
                environment.database.url, "CREATE TABLE IF NOT EXISTS changed (id int)", "DROP TABLE changed",
                "CREATE TABLE changed (id int)")
            return try await environment.adminctl("diagnose", "--fresh").run()
        }

        func end() async throws {
            agent.signal(SIGTERM)
            try await agent.wait()
            try await environment.end()
        }
    }
}
