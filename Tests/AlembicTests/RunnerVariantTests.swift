import Alembic
import Postgres
import Schema
import Support
import Testing

/// Common variants of env.py, each in every mode.
@Suite("runner: variants of env.py")
struct RunnerVariantTests {
    private static let twoSchemas = """
        import sqlalchemy as sa

        metadata = sa.MetaData()
        sa.Table("prospects", metadata, sa.Column("id", sa.Integer, primary_key=True))
        sa.Table(
            "bills", metadata, sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("prospect", sa.ForeignKey("prospects.id")), schema="billing",
        )
        """

    @Test("several metadatas, and models in two schemas")
    func severalSchemas() async throws {
        let environment = RunnerProject.environment(arguments: "include_schemas=True")
            .replacing("target_metadata=metadata", with: "target_metadata=[metadata, sa.MetaData()]")
            .replacing("import os", with: "import os\nimport sqlalchemy as sa")
        try await RunnerProject.with(environment: environment, models: Self.twoSchemas) { project in
            try project.history()
            let modes = try await RunnerModes.run { project.runner($0) }
            modes.expectHistory(["prospects", "bills"])
            #expect(modes.description.models?.tables.map(\.schema) == [nil, "billing"])
            #expect(modes.created == ["billing.bills", "prospects"])
            #expect(modes.replay.hiddenTables == [])
        }
    }

    /// As gevent's monkey patching does: a lock belongs to the thread that made it.
    private static let replacedLocks = """
        import _thread, threading

        class Lock:
            def __init__(self):
                self.lock, self.thread = new_lock(), _thread.get_ident()

            def acquire(self, *arguments, **keywords):
                return self.lock.acquire(*arguments, **keywords)

            def release(self):
                if self.thread != _thread.get_ident():
                    raise RuntimeError("cannot release un-acquired lock")
                self.lock.release()

            def locked(self):
                return self.lock.locked()

            def __enter__(self):
                self.acquire()

            def __exit__(self, *_):
                self.release()

        new_lock = _thread.allocate_lock
        threading._allocate_lock = threading.Lock = _thread.allocate_lock = Lock

        """

    @Test("an application that replaces Python's locks, as gevent does")
    func replacedLocks() async throws {
        try await RunnerProject.with(environment: Self.replacedLocks + RunnerProject.environment()) { project in
            try project.history()
            try await RunnerModes.run { project.runner($0, driver: "psycopg2") }.expectHistory()
        }
    }

    @Test("naming conventions name the constraints of the models")
    func namingConventions() async throws {
        let models = """
            import sqlalchemy as sa

            metadata = sa.MetaData(naming_convention={
                "pk": "pk_%(table_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s", "ix": "ix_%(table_name)s_%(column_0_name)s",
            })
            sa.Table(
                "prospects", metadata, sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("name", sa.String(50), nullable=False, unique=True), sa.CheckConstraint("id > 0", name="positive"),
            )
            """
        try await RunnerProject.with(models: models) { project in
            try project.history()
            try await TestCluster.withDatabase { url in
                let creation = try await project.runner(url).create(
                    extensions: [], nonce: 1, deadline: .seconds(60)
                ) { _ in true }
                #expect(creation.failures == [])
                let names = try await TestCluster.execute(
                    url,
                    "SELECT conname FROM pg_constraint WHERE conrelid = 'prospects'::regclass AND contype <> 'n' ORDER BY 1"
                )
                #expect(
                    names.values.map(\.[0]) == ["ck_prospects_positive", "pk_prospects", "uq_prospects_name"])
            }
            try await RunnerModes.run { project.runner($0) }.expectHistory()
        }
    }

    @Test("a version table with a name and a schema of its own")
    func versionTable() async throws {
        let environment = RunnerProject.environment(
            arguments: "version_table='applied changes', version_table_schema='bookkeeping'")
        try await RunnerProject.with(environment: environment) { project in
            try project.history()
            let modes = try await RunnerModes.run(prepare: ["CREATE SCHEMA bookkeeping"]) { project.runner($0) }
            modes.expectHistory()
            #expect(
                modes.description.versionTable
                    == .init(name: "applied changes", schema: "bookkeeping", resolvedSchema: "bookkeeping"))
            #expect(modes.replay.hiddenTables == [.init(schema: "bookkeeping", name: "applied changes")])
        }
    }

    @Test("SET search_path before anything else")
    func searchPath() async throws {
        let environment = RunnerProject.environment(
            beforeConfigure: "connection.execute(text('SET search_path = tenant, public')); connection.commit()")
        try await RunnerProject.with(environment: environment) { project in
            try project.history()
            let modes = try await RunnerModes.run(prepare: ["CREATE SCHEMA tenant"]) { project.runner($0) }
            modes.expectHistory()
            #expect(modes.description.versionTable.resolvedSchema == "tenant")
            #expect(modes.description.models?.defaultSchema == "tenant")
            #expect(modes.created == ["tenant.prospects"])
        }
    }

    @Test("a translation of schema names")
    func translation() async throws {
        let environment = RunnerProject.environment(
            beforeConfigure:
                "connection = connection.execution_options(schema_translate_map={None: 'tenant', 'billing': 'bills'})",
            arguments: "include_schemas=True")
        try await RunnerProject.with(environment: environment, models: Self.twoSchemas) { project in
            try project.history()
            let modes = try await RunnerModes.run(prepare: ["CREATE SCHEMA tenant"]) { project.runner($0) }
            #expect(modes.failures == [] && modes.created == ["bills.bills", "tenant.prospects"])
            #expect(modes.description.models?.defaultSchema == "tenant")
            #expect(modes.rows == ["b2"] && modes.description.versionTable.resolvedSchema == "tenant")
        }
    }

    @Test("logging that silences every other logger, and output on both streams")
    func loudAndSilent() async throws {
        let environment =
            """
            import logging, logging.config, os, sys
            logging.getLogger("schemad").error("before")
            logging.config.dictConfig({"version": 1, "disable_existing_loggers": True, "root": {"level": "CRITICAL"}})
            print('{"event": "finished"}')
            print('{"event": "finished"}', file=sys.__stdout__, flush=True)
            sys.stdout.write("x" * 100_000)
            sys.stdout.close()
            os.close(1)
            """ + "\n" + RunnerProject.environment().replacing("print(\"noise on standard output\")", with: "")
        try await RunnerProject.with(environment: environment) { project in
            try project.history()
            try await RunnerModes.run { project.runner($0) }.expectHistory()
        }
    }

    @Test("a URL in the INI file that is another database is refused by name")
    func literalURL() async throws {
        try await RunnerProject.template("generic") { project in
            try await TestCluster.withDatabase { other in
                let address = other.replacing("postgresql:", with: "postgresql+psycopg:").replacing("%", with: "%%")
                try project.adapt(
                    "alembic.ini",
                    [("sqlalchemy.url = driver://user:pass@localhost/dbname", "sqlalchemy.url = \(address)")])
                try project.adapt(
                    "migrations/env.py", [("target_metadata = None", "from models import metadata as target_metadata")])
                try project.history()
                let name = try #require(try await TestCluster.execute(other, "SELECT current_database()").value)
                try await TestCluster.withDatabase { url in
                    let runner = project.runner(url)
                    let prove: Runner.Proof = { try await holds(1, in: url, $0) }
                    let refusals = [
                        try await failure { () throws(AlembicError) in try await runner.describe(nonce: 1, prove: prove)
                        },
                        try await failure { () throws(AlembicError) in
                            try await runner.create(extensions: [], nonce: 1, deadline: .seconds(60), prove: prove)
                        },
                        try await failure { () throws(AlembicError) in
                            try await runner.replay(
                                to: ["heads"], nonce: 1, deadline: .seconds(60), prove: prove, afterRevision: { _ in })
                        },
                        try await failure { () throws(AlembicError) in
                            try await runner.migrate(
                                MigrationRun(
                                    targets: ["heads"], expectedRows: [], expectedRevisions: ["a1", "b2"], fence: 1),
                                prove: prove)
                        },
                    ]
                    for error in refusals {
                        #expect(error.code == .wrongDatabase && error.message.contains("\"\(name)\""))
                    }
                }
                #expect(
                    try await TestCluster.execute(
                        other, "SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                    ).isEmpty)
                // The same project works for the agent of that database.
                let description = try await project.runner(other).describe(nonce: 1) {
                    try await holds(1, in: other, $0)
                }
                #expect(description.models?.tables.map(\.name) == ["prospects"])
            }
        }
    }

    @Test("the agent's URL has precedence over .env, except with override=True")
    func dotenv() async throws {
        let environment = RunnerProject.environment()
            .replacing(
                "import os", with: "import os\nfrom dotenv import load_dotenv\nload_dotenv()", maxReplacements: 1)
        try await RunnerProject.with(environment: environment) { project in
            try project.history()
            try project.folder.write(
                ".env", "DATABASE_URL=postgresql+psycopg://nobody@127.0.0.1:1/nowhere\nMODE=test\n")
            let modes = try await RunnerModes.run { project.runner($0) }
            modes.expectHistory()
            #expect(modes.description.files.contains(project.folder.path(".env")))
            // Without the variable the file's URL is used, and the run reports that it cannot connect.
            try project.adapt("migrations/env.py", [("load_dotenv()", "load_dotenv(override=True)")])
            try await TestCluster.withDatabase { url in
                let error = try await failure { () throws(AlembicError) in
                    try await project.runner(url).describe(nonce: 1) { _ in true }
                }
                #expect(error.code == .cannotConnect)
            }
        }
    }

    @Test("env.py imports the whole application: an app, an unused pool, threads, handlers and logging")
    func application() async throws {
        try await RunnerProject.with(
            environment: RunnerProject.environment().replacing("from models", with: "from service.main")
        ) {
            project in
            try project.history()
            try project.folder.write("service/__init__.py", "")
            try project.folder.write(
                "service/main.py",
                """
                import atexit, faulthandler, logging, os, signal, sys, threading, time
                from fastapi import FastAPI
                from sqlalchemy import create_engine, event
                from models import metadata

                logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, force=True)
                faulthandler.enable()
                sys.excepthook = lambda *_: os._exit(0)
                threading.excepthook = lambda *_: None
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                atexit.register(lambda: time.sleep(600))
                threading.Thread(target=lambda: time.sleep(600)).start()
                engine = create_engine(os.environ["DATABASE_URL"], pool_pre_ping=True)
                event.listen(engine, "connect", lambda connection, record: None)
                with engine.connect() as connection:
                    connection.exec_driver_sql("SELECT 1")
                app = FastAPI()

                @app.get("/prospects")
                def prospects(): return []
                """)
            try await RunnerModes.run { project.runner($0) }.expectHistory()
        }
    }
}
