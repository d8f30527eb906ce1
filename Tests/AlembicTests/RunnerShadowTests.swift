import Alembic
import Postgres
import Support
import Synchronization
import Testing

/// The history and the models, each in a database of its own.
@Suite("runner: shadow databases")
struct RunnerShadowTests {
    private let nonce = Int64.random(in: 1 ... .max)

    private static let environments: [(String, String, String)] = [
        ("one transaction", "psycopg", RunnerProject.environment()),
        ("a transaction for each", "psycopg2", RunnerProject.environment(arguments: "transaction_per_migration=True")),
        (
            "an outer transaction", "psycopg",
            RunnerProject.environment().replacing("engine.connect()", with: "engine.begin()")
        ),
        ("asynchronous", "asyncpg", RunnerProject.asynchronous),
    ]

    @Test("another session sees every revision before the next one begins", arguments: environments)
    func replay(name: String, driver: String, environment: String) async throws {
        try await RunnerProject.with(environment: environment) { project in
            try project.revision("a1", down: nil, "op.execute('CREATE TABLE one (id int)')")
            try project.revision("b2", down: "a1", "op.execute('CREATE TABLE two (id int)')")
            // Alembic itself cannot commit a transaction that env.py began.
            let leaves = name == "an outer transaction" ? "if True:" : "with op.get_context().autocommit_block():"
            try project.revision("c3", down: "b2", leaves + "\n    op.execute('CREATE INDEX i ON one (id)')")
            try project.revision("d4", down: "c3", "op.execute('DROP TABLE two')")
            try await TestCluster.withDatabase { url in
                let seen = Mutex<[String]>([])
                let outcome = try await project.runner(url, driver: driver).replay(
                    to: ["heads"], nonce: nonce, deadline: .seconds(60), prove: { try await holds(nonce, in: url, $0) }
                ) { revision in
                    let names = try await TestCluster.execute(
                        url,
                        """
                        SELECT string_agg(relname, ' ' ORDER BY relname) || ' at ' || (SELECT version_num FROM alembic_version)
                        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
                        AND relname <> 'alembic_version_pkc'
                        """
                    ).value
                    seen.withLock { $0.append("\(revision): \(names ?? "")") }
                }
                #expect(outcome.applied == ["a1", "b2", "c3", "d4"])
                #expect(
                    seen.withLock { $0 } == [
                        "a1: one at a1", "b2: one two at b2", "c3: i one two at c3", "d4: i one at d4",
                    ])
            }
        }
    }

    @Test("revisions that switch to another role are reported")
    func roleSwitches() async throws {
        try await RunnerProject.with { project in
            let statements = [
                "CREATE TABLE one (role text)", "UPDATE one SET role = 'x'", "set LOCAL role postgres", "RESET ROLE",
                "SET SESSION AUTHORIZATION postgres", "DO $$BEGIN EXECUTE 'SET ROLE postgres'; END$$",
                "SELECT set_config('role', 'postgres', true)", "SELECT set_config('lock_timeout', '1s', true)",
            ]
            for (index, statement) in statements.enumerated() {
                try project.revision(
                    "r\(index)", down: index == 0 ? nil : "r\(index - 1)", "op.execute(\"\"\"\(statement)\"\"\")")
            }
            try await TestCluster.withDatabase { url in
                let seen = Mutex<[String]>([])
                _ = try await project.runner(url).replay(
                    to: ["heads"], nonce: nonce, deadline: .seconds(60), prove: { try await holds(nonce, in: url, $0) },
                    progress: { event in
                        if case .roleSwitched(let revision) = event { seen.withLock { $0.append(revision) } }
                    }
                ) { _ in }
                #expect(seen.withLock { $0 } == ["r2", "r3", "r4", "r5", "r6"])
            }
        }
    }

    @Test("the error names the revision that failed, and the ones before were seen")
    func failingReplay() async throws {
        try await RunnerProject.with { project in
            try project.revision("a1", down: nil, "op.execute('CREATE TABLE one (id int)')")
            try project.revision("b2", down: "a1", "op.execute('ALTER TABLE nowhere ADD x int')")
            try await TestCluster.withDatabase { url in
                let seen = Mutex<[String]>([])
                let error = try await failure { () throws(AlembicError) in
                    try await project.runner(url).replay(
                        to: ["heads"], nonce: nonce, deadline: .seconds(60),
                        prove: { try await holds(nonce, in: url, $0) }
                    ) { revision in seen.withLock { $0.append(revision) } }
                }
                #expect(error.code == .migrationFailed && error.revision == "b2" && error.sqlstate == "42P01")
                #expect(error.outcome.applied == ["a1"] && seen.withLock { $0 } == ["a1"])
                // An error of `afterRevision` ends the run.
                let refused = try await failure { () throws(AlembicError) in
                    try await project.runner(url).replay(
                        to: ["heads"], nonce: nonce, deadline: .seconds(60), prove: { _ in true }
                    ) { _ in throw SupportError("seen enough") }
                }
                #expect(refused.code == .migrationFailed || refused.message.contains("seen enough"))
            }
        }
    }

    struct Lacking: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var statement: String
        var says: String
    }

    @Test(
        "the error names the object that the shadow database lacks",
        arguments: [
            Lacking(
                testDescription: "an extension", statement: "CREATE EXTENSION no_such_extension",
                says: "\"no_such_extension\""),
            Lacking(
                testDescription: "a role", statement: "GRANT SELECT ON one TO no_such_role", says: "\"no_such_role\""),
            Lacking(testDescription: "a type", statement: "ALTER TABLE one ADD place geometry", says: "\"geometry\""),
        ])
    func lacking(lacking: Lacking) async throws {
        try await RunnerProject.with { project in
            try project.revision("a1", down: nil, "op.execute('CREATE TABLE one (id int)')")
            try project.revision("b2", down: "a1", "op.execute('\(lacking.statement)')")
            try await TestCluster.withDatabase { url in
                let error = try await failure { () throws(AlembicError) in
                    try await project.runner(url).replay(
                        to: ["heads"], nonce: nonce, deadline: .seconds(60),
                        prove: { try await holds(nonce, in: url, $0) }, afterRevision: { _ in })
                }
                #expect(error.revision == "b2" && error.outcome.applied == ["a1"])
                #expect("\(error)".contains(lacking.says), "\(error)")
            }
        }
    }

    @Test("a second connection of a revision is proven, and its changes are seen")
    func secondConnection() async throws {
        try await RunnerProject.with { project in
            try project.revision("a1", down: nil, "op.execute('CREATE TABLE one (id int)')")
            try project.revision(
                "b2", down: "a1",
                """
                import os
                from sqlalchemy import create_engine
                with create_engine(os.environ["DATABASE_URL"]).begin() as connection:
                    connection.exec_driver_sql("INSERT INTO one VALUES (1)")
                """)
            try await TestCluster.withDatabase { url in
                let replay = try await project.runner(url).replay(
                    to: ["heads"], nonce: nonce, deadline: .seconds(60), prove: { try await holds(nonce, in: url, $0) },
                    afterRevision: { _ in })
                #expect(replay.applied == ["a1", "b2"])
                #expect(try await TestCluster.execute(url, "SELECT count(*) FROM one").value == "1")
            }
        }
    }

    @Test("functions and triggers of model events are created, and unknown types are reported")
    func events() async throws {
        let models = """
            import sqlalchemy as sa
            from sqlalchemy.types import UserDefinedType

            class Geometry(UserDefinedType):
                cache_ok = True
                def get_col_spec(self, **_): return "geometry"

            metadata = sa.MetaData()
            sa.event.listen(metadata, "before_create", sa.DDL("CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'"))
            table = sa.Table("rows", metadata, sa.Column("id", sa.Integer, server_default=sa.text("one()")))
            sa.event.listen(table, "after_create", sa.DDL("CREATE INDEX by_event ON rows (id)"))
            places = sa.MetaData()
            sa.Table("places", places, sa.Column("id", sa.Integer), sa.Column("at", Geometry()))
            """
        let environment = RunnerProject.environment().replacing(
            "target_metadata=metadata", with: "target_metadata=[metadata, models.places]"
        ).replacing("from models import metadata", with: "import models\nfrom models import metadata")
        try await RunnerProject.with(environment: environment, models: models) { project in
            try await TestCluster.withDatabase { url in
                let creation = try await project.runner(url).create(
                    extensions: [], nonce: nonce, deadline: .seconds(60)
                ) { try await holds(nonce, in: url, $0) }
                #expect(creation.failures.map(\.object) == ["table places"])
                #expect(creation.failures.first?.message.contains("\"geometry\"") == true)
                #expect(try await TestCluster.execute(url, "SELECT to_regclass('by_event')").value == "by_event")
            }
        }
    }

    @Test("neither mode uses another database than the proven one")
    func otherDatabase() async throws {
        try await RunnerProject.with { project in
            try project.revision("a1", down: nil, "op.execute('CREATE TABLE one (id int)')")
            try await TestCluster.withDatabase { url in
                let runner = project.runner(url)
                let replayed = try await failure { () throws(AlembicError) in
                    try await runner.replay(
                        to: ["heads"], nonce: nonce, deadline: .seconds(60), prove: { _ in false },
                        afterRevision: { _ in })
                }
                let created = try await failure { () throws(AlembicError) in
                    try await runner.create(extensions: [], nonce: nonce, deadline: .seconds(60), prove: { _ in false })
                }
                #expect(replayed.code == .wrongDatabase && created.code == .wrongDatabase)
                let tables = try await TestCluster.execute(
                    url, "SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace")
                #expect(tables.isEmpty)
            }
        }
    }

    @Test("models become tables, after schemas and extensions; one that cannot be created does not prevent the others")
    func create() async throws {
        let models = """
            import sqlalchemy as sa
            from sqlalchemy.dialects import postgresql

            metadata = sa.MetaData()
            other = sa.MetaData(schema="shop floor")
            sa.Table("notes", metadata, sa.Column("id", sa.Integer, primary_key=True))
            sa.Table(
                "orders", other, sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("state", sa.Enum("new", "done", name="state", schema="kinds")),
                sa.Column("tags", postgresql.ARRAY(sa.Enum("hot", name="tag", schema="array kinds"))),
                sa.Column("number", sa.Integer, sa.Sequence("numbers", schema="counters")),
            )
            bad = sa.MetaData()
            sa.Table("broken", bad, sa.Column("id", sa.Integer, server_default=sa.text("no_such_function()")))
            sa.Table(
                "fine", bad, sa.Column("id", sa.Integer, primary_key=True), sa.Column("k", postgresql.HSTORE),
                sa.Index("nonsense", sa.text("no_such_function(id)")),
                sa.Index("beside", "k", postgresql_concurrently=True),
            )
            """
        let environment = RunnerProject.environment(arguments: "").replacing(
            "target_metadata=metadata", with: "target_metadata=[metadata, models.other, models.bad]"
        ).replacing("from models import metadata", with: "import models\nfrom models import metadata")
        try await RunnerProject.with(environment: environment, models: models) { project in
            try await TestCluster.withDatabase { url in
                let creation = try await project.runner(url).create(
                    extensions: ["hstore", "no_such_extension"], nonce: nonce, deadline: .seconds(60)
                ) { try await holds(nonce, in: url, $0) }
                #expect(
                    creation.failures.map(\.object) == [
                        "extension no_such_extension", "table broken", "index nonsense of fine",
                    ])
                #expect(creation.failures.last?.message.contains("no_such_function") == true)
                let tables = try await TestCluster.execute(
                    url,
                    "SELECT string_agg(c.oid::regclass::text, ', ' ORDER BY relname) FROM pg_class c WHERE relkind = 'r' "
                        + "AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)")
                #expect(try await TestCluster.execute(url, "SELECT to_regclass('beside')").value == "beside")
                #expect(tables.value == "fine, notes, \"shop floor\".orders")
            }
        }
    }

    @Test("an index that cannot be created does not prevent foreign keys, not even those in a cycle")
    func keysInACircle() async throws {
        let models = """
            import sqlalchemy as sa

            metadata = sa.MetaData()
            sa.Table(
                "flows", metadata, sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("state", sa.ForeignKey("states.id", use_alter=True, name="last_state")),
                sa.Index("nonsense", sa.text("no_such_function(id)")),
            )
            sa.Table(
                "states", metadata, sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("flow", sa.ForeignKey("flows.id", name="flow_of_state")),
            )
            EXTRA
            """
        let broken = "sa.Table(\"broken\", metadata, sa.Column(\"id\", sa.Integer, server_default=sa.text(\"no()\")))"
        for (extra, failures) in [
            ("", ["index nonsense of flows"]), (broken, ["table broken", "index nonsense of flows"]),
        ] {
            let models = models.replacing("EXTRA", with: extra)
            try await RunnerProject.with(models: models) { project in
                try await TestCluster.withDatabase { url in
                    let creation = try await project.runner(url).create(
                        extensions: [], nonce: nonce, deadline: .seconds(60)
                    ) { try await holds(nonce, in: url, $0) }
                    #expect(creation.failures.map(\.object) == failures)
                    let keys = try await TestCluster.execute(
                        url, "SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint WHERE contype = 'f'")
                    #expect(keys.value == "flow_of_state last_state")
                }
            }
        }
    }
}
