import Diagnosis
import Postgres
import Schema
import Support
import Testing
import Wire

/// Databases that were not created by their migrations.
@Suite struct CopiedDatabaseTests {
    /// PostgreSQL prints checks, predicates and defaults differently after a dump is restored.
    @Test func restoredDumpHasNoDifference() async throws {
        try await ShadowFixture.withProspects { agent, database in
            let dump = try await Program.run(await ServerPrograms.dumpProgram(), ["--dbname", database.url])
            #expect(dump.status == 0, "\(dump.standardError)")
            try await database.execute("DROP SCHEMA public CASCADE")
            try await database.execute("CREATE SCHEMA public")
            #expect(try await agent.diagnose().verdict == .empty)
            let restore = try await Program.run(
                "psql", ["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", database.url],
                input: dump.standardOutput)
            #expect(restore.status == 0, "\(restore.standardError)")
            let restored = try await agent.diagnose()
            #expect(restored.verdict == .inSync && restored.schemaMatch == true && restored.findings == [])
            #expect(restored.schema.differences == [] && restored.schema.notComparable == [])
            #expect(restored.schema.advice == [] && restored.schema.unmanaged == [])
        }
    }

    /// `create_all` and `alembic stamp`, as test databases and some applications are set up.
    @Test func stampedModelTablesHaveNoBreakingDifference() async throws {
        try await ShadowFixture.withProspects { agent, database in
            let asMigrated = try await agent.diagnose()
            let recorded = try await database.versions()
            try await database.execute("DROP SCHEMA public CASCADE")
            try await database.execute("CREATE SCHEMA public")
            try await Self.createAll(database)
            #expect(try await agent.diagnose().verdict == .unmanaged)
            try await Self.python(["-m", "alembic", "stamp", "heads"], database)
            let stamped = try await agent.diagnose()
            #expect(stamped.healthy && stamped.schemaMatch == true && stamped.schema.differences == [])
            #expect(stamped.verdict == .inSync && stamped.schema.notComparable == [])
            #expect(try await database.versions() == recorded)
            #expect(stamped.schema.advice == asMigrated.schema.advice)
            // Stamped while a table was missing.
            try await database.execute("DROP TABLE outreach_events")
            let incomplete = try await agent.diagnose()
            #expect(
                incomplete.schema.differences?.map(\.summary) == ["missingTable outreach_events drift breaking"])
        }
    }

    private static func createAll(_ database: TestDatabase) async throws {
        let program = """
            import os
            from app.models import Base
            from app.settings import database_url
            from sqlalchemy import create_engine

            Base.metadata.create_all(create_engine(database_url()))
            """
        try await python(["-c", program], database)
    }

    private static func python(_ arguments: [String], _ database: TestDatabase) async throws {
        let outcome = try await Program.run(
            TestPython.interpreter, arguments,
            environment: ["DATABASE_URL": database.url, "PYTHONDONTWRITEBYTECODE": "1"],
            folder: ProspectsExample.project)
        guard outcome.status == 0 else { throw SupportError("\(arguments): \(outcome.standardError)") }
    }
}
