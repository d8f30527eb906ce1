import Alembic
import FoundationEssentials
import Schema
import Support
import Testing

/// Three combinations of versions of Alembic, SQLAlchemy and the drivers.
@Suite("runner: versions")
struct RunnerVersionTests {
    struct Combination: CustomTestStringConvertible, Sendable {
        var alembic: String
        var sqlalchemy: String
        /// The folder that `deploy/python-environment` created; nil is the environment itself.
        var folder: String?
        var driver: String

        var testDescription: String { "Alembic \(alembic), SQLAlchemy \(sqlalchemy), \(driver)" }
    }

    private static let combinations = [
        Combination(alembic: "1.8.", sqlalchemy: "1.4.", folder: "alembic-1.8.1", driver: "psycopg2"),
        Combination(alembic: "1.8.", sqlalchemy: "1.4.", folder: "alembic-1.8.1", driver: "asyncpg"),
        Combination(alembic: "1.13.", sqlalchemy: "2.0.", folder: "alembic-1.13.3", driver: "psycopg"),
        Combination(alembic: "1.13.", sqlalchemy: "2.0.", folder: "alembic-1.13.3", driver: "asyncpg"),
        Combination(alembic: "1.", sqlalchemy: "2.", folder: nil, driver: "psycopg"),
        Combination(alembic: "1.", sqlalchemy: "2.", folder: nil, driver: "asyncpg"),
    ]

    /// An autocommit block, an enum, a schema and functions that hide tables.
    private static let models = """
        import sqlalchemy as sa

        metadata = sa.MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s"})
        sa.Table(
            "prospects", metadata, sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("name", sa.String(50), nullable=False, index=True),
            sa.Column("state", sa.Enum("new", "done", name="state", schema="kinds")),
        )
        sa.Table("elsewhere", metadata, sa.Column("id", sa.Integer, primary_key=True))
        """
    private static let hides = """
        include_object=lambda item, name, kind, reflected, other: (kind, name) != ("table", "elsewhere"),
        include_name=lambda name, kind, parents: (kind, name) != ("table", "by_hand"),
        """

    private func environment(_ combination: Combination) -> String {
        combination.driver == "asyncpg"
            ? RunnerProject.asynchronous.replacing(
                "target_metadata=metadata", with: "target_metadata=metadata, \(Self.hides)")
            : RunnerProject.environment(arguments: Self.hides)
    }

    @Test("every mode", arguments: combinations)
    func modes(combination: Combination) async throws {
        try await RunnerProject.with(environment: environment(combination), models: Self.models) { project in
            try project.revision(
                "a1", down: nil,
                """
                op.execute("CREATE TABLE prospects (id int PRIMARY KEY)")
                op.execute("CREATE TABLE by_hand (id int)")
                """)
            try project.revision(
                "b2", down: "a1",
                """
                with op.get_context().autocommit_block():
                    op.execute("CREATE INDEX CONCURRENTLY one ON prospects (id)")
                """)
            let folder = combination.folder.map { "\(RepositoryRoot.path)/.venv/\($0)" }
            let modes = try await RunnerModes.run { url in
                project.runner(url, driver: combination.driver, folder.map { ["PYTHONPATH": $0] } ?? [:])
            }
            modes.expectHistory(["prospects", "elsewhere"])
            #expect(modes.created == ["elsewhere", "prospects"])
            #expect(modes.description.alembicVersion.hasPrefix(combination.alembic))
            #expect(modes.description.sqlalchemyVersion.hasPrefix(combination.sqlalchemy))
            #expect(
                modes.replay.hiddenTables == [
                    .init(schema: "public", name: "by_hand"), .init(schema: "public", name: "elsewhere"),
                ])
        }
    }

    @Test("scripts whose header only Python can compute", arguments: combinations.filter { $0.driver != "asyncpg" })
    func load(combination: Combination) async throws {
        try await RunnerProject.with { project in
            let path = try project.folder.write(
                "migrations/versions/x.py", "revision = 'a' + '1'\ndown_revision = None\n")
            var runner = project.runner("postgresql:///none")
            if let folder = combination.folder {
                runner.environment["PYTHONPATH"] = "\(RepositoryRoot.path)/.venv/\(folder)"
            }
            let configuration = try ProjectConfiguration.read(folder: project.folder.path)
            var scripts = ScriptReader(hash: { Array($0) })
            let loaded = try await runner.load(scripts.read(configuration).unresolved)
            #expect(loaded.scripts.map(\.path) == [path] && loaded.scripts.first?.header?.id == "a1")
        }
    }

    @Test(
        "versions that are too old",
        arguments: [("alembic-1.7.7", "Alembic 1.7.7"), ("sqlalchemy-1.3.24", "SQLAlchemy 1.3.24")])
    func tooOld(folder: String, name: String) async throws {
        try await RunnerProject.with { project in
            var runner = project.runner("postgresql:///none")
            runner.environment["PYTHONPATH"] = "\(RepositoryRoot.path)/.venv/\(folder)"
            let error = try await failure { () throws(AlembicError) in try await runner.describe(nonce: 1) { _ in true }
            }
            #expect(error.code == .versionTooOld && error.message.hasPrefix("\(name) is too old"), "\(error)")
            #expect(error.message.contains(TestPython.interpreter))
        }
    }

    /// Python 3.9 may not be installed, so its grammar and library names are checked by a newer one.
    @Test("the runner's own sources are Python 3.9")
    func grammar() async throws {
        let check = """
            import ast, pathlib, sys
            # Modules that came with 3.10 and later.
            newer = {"tomllib", "concurrent.interpreters", "annotationlib", "compression", "string.templatelib"}
            files = sorted(pathlib.Path(sys.argv[1]).glob("*.py"))
            for file in files:
                tree = ast.parse(file.read_text(), file.name, feature_version=(3, 9))
                for node in ast.walk(tree):
                    modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                    modules += [node.module] if isinstance(node, ast.ImportFrom) else []
                    assert not newer & set(modules), (file.name, modules)
                    assert not isinstance(node, getattr(ast, "Match", ())), file.name
                    # Annotations are never evaluated; everywhere else `int | None` needs 3.10.
                future = [n for n in tree.body if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
                assert [a.name for n in future for a in n.names] == ["annotations"], file.name
            print(len(files))
            """
        let outcome = try await Program.run(
            TestPython.interpreter, ["-c", check, "\(RepositoryRoot.path)/Sources/Alembic/Runner/schemad_runner"])
        #expect(outcome.status == 0, "\(outcome.standardError)")
        #expect(Int(outcome.lines.first ?? "") ?? 0 > 10)
    }
}
