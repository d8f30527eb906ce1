import Alembic
import FoundationEssentials
import Glibc
import Postgres
import Support

/// An Alembic project in a temporary folder, with a version file per revision.
struct RunnerProject {
    static let models = """
        import sqlalchemy as sa

        metadata = sa.MetaData()
        sa.Table(
            "prospects", metadata, sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("name", sa.String(50), nullable=False),
        )
        """

    /// The shape of Alembic's own template; the parameters are lines of Python.
    static func environment(beforeConfigure: String = "pass", arguments: String = "") -> String {
        """
        import os
        from alembic import context
        from sqlalchemy import create_engine, text
        from models import metadata

        print("noise on standard output")
        engine = create_engine(os.environ["DATABASE_URL"])
        with engine.connect() as connection:
            \(beforeConfigure)
            context.configure(connection=connection, target_metadata=metadata, \(arguments))
            with context.begin_transaction():
                context.run_migrations()
        """
    }

    static let asynchronous = """
        import asyncio
        import os
        from alembic import context
        from sqlalchemy.ext.asyncio import create_async_engine
        from models import metadata

        def run(connection):
            context.configure(connection=connection, target_metadata=metadata)
            with context.begin_transaction():
                context.run_migrations()

        async def main():
            engine = create_async_engine(os.environ["DATABASE_URL"])
            async with engine.connect() as connection:
                await connection.run_sync(run)
            await engine.dispose()

        asyncio.run(main())
        """

    let folder: TemporaryFolder

    static func with<T>(
        environment: String = environment(), models: String = models, isolation: isolated (any Actor)? = #isolation,
        _ body: (RunnerProject) async throws -> T
    ) async throws -> T {
        try await TemporaryFolder.with { folder in
            try folder.write("alembic.ini", "[alembic]\nscript_location = migrations\nprepend_sys_path = .\n")
            try folder.write("migrations/env.py", environment)
            try folder.write("models.py", models)
            try FileManager.default.createDirectory(
                atPath: folder.path("migrations/versions"), withIntermediateDirectories: true)
            return try await body(RunnerProject(folder: folder))
        }
    }

    /// Writes a version file; returns its absolute path.
    @discardableResult
    func revision(_ id: String, down: String?, dependsOn: String? = nil, _ upgrade: String) throws -> String {
        let body = upgrade.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
        return try folder.write(
            "migrations/versions/\(id).py",
            """
            from alembic import op

            revision = "\(id)"
            down_revision = \(down.map { "\"\($0)\"" } ?? "None")
            depends_on = \(dependsOn.map { "\"\($0)\"" } ?? "None")


            def upgrade():
            \(body)
            """)
    }

    func runner(_ url: String, driver: String = "psycopg", _ more: [String: String] = [:], x: [String] = []) -> Runner {
        let address = url.replacing("postgresql:", with: "postgresql+\(driver):", maxReplacements: 1)
        return Runner(
            python: TestPython.interpreter, folder: folder.path, x: x,
            environment: more.merging(["DATABASE_URL": address]) { given, _ in given })
    }

    /// Compiles a file, then changes its source but not its size and times, so that Python considers the bytecode
    /// current.
    func makeStale(_ file: String, replacing old: String, with new: String) async throws {
        precondition(old.utf8.count == new.utf8.count)
        let script = """
            import os, py_compile, sys
            path, old, new = sys.argv[1:]
            os.utime(path, (1_700_000_000, 1_700_000_000))
            py_compile.compile(path, doraise=True)
            text = open(path).read()
            assert old in text
            open(path, "w").write(text.replace(old, new))
            os.utime(path, (1_700_000_000, 1_700_000_000))
            """
        let outcome = try await Program.run(TestPython.interpreter, ["-c", script, folder.path(file), old, new])
        guard outcome.status == 0 else { throw SupportError(outcome.standardError) }
    }
}

/// The agent's proof: the session holds the lock in the database of `url`.
func holds(_ key: Int64, in url: String, _ report: ConnectionReport) async throws -> Bool {
    let rows = try await TestCluster.execute(
        url,
        """
        SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND mode = 'ShareLock' AND objsubid = 1
        AND pid = \(report.backendPid ?? 0) AND classid::bigint = \(key >> 32) AND objid::bigint = \(key & 0xffff_ffff)
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """)
    return rows.count == 1
}

/// The error that a run threw.
func failure<T>(_ body: () async throws(AlembicError) -> T) async throws -> AlembicError {
    do {
        _ = try await body()
    } catch {
        return error
    }
    throw SupportError("The run succeeded and should have failed.")
}

/// A zombie counts as ended.
func isRunning(_ process: Int32) -> Bool {
    guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return false }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.lastIndex(of: ")") else { return false }
    return !text[end...].dropFirst().hasPrefix(" Z")
}
