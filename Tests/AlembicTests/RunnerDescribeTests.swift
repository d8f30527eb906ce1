import Alembic
import FoundationEssentials
import Postgres
import Schema
import Support
import Testing

@Suite("runner: describe")
struct RunnerDescribeTests {
    private let nonce = Int64.random(in: 1 ... .max)

    private func describe(_ runner: Runner, at url: String) async throws(AlembicError) -> ProjectDescription {
        try await runner.describe(nonce: nonce) { try await holds(nonce, in: url, $0) }
    }

    @Test("names the models and the version table, with every driver", arguments: ["psycopg", "psycopg2", "asyncpg"])
    func drivers(driver: String) async throws {
        let environment = driver == "asyncpg" ? RunnerProject.asynchronous : RunnerProject.environment()
        try await RunnerProject.with(environment: environment) { project in
            try await TestCluster.withDatabase { url in
                let description = try await describe(project.runner(url, driver: driver), at: url)
                #expect(description.versionTable == .init(resolvedSchema: "public"))
                #expect(description.currentUser == "postgres")
                #expect(description.searchPath == "\"$user\", public")
                #expect(description.transactionPerMigration == false)
                let models = try #require(description.models)
                #expect(models.defaultSchema == "public")
                #expect(models.tables.map(\.name) == ["prospects"])
                #expect(models.tables.first?.columns.map(\.name) == ["id", "name"])
                #expect(models.tables.first?.columns.map(\.type) == ["INTEGER", "VARCHAR(50)"])
                #expect(models.tables.first?.columns.map(\.nullable) == [false, false])
                #expect(models.tables.first?.columns.map(\.primaryKey) == [true, false])
                for name in ["alembic.ini", "models.py", "migrations/env.py"] {
                    #expect(description.files.contains(project.folder.path(name)))
                }
                #expect(!description.files.contains { $0.contains("-packages") && $0.hasSuffix(".py") })
                #expect(description.files.contains { $0.hasSuffix("/RECORD") })
                #expect(description.folders.contains(project.folder.path))
                let tables = try await TestCluster.execute(
                    url, "SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace")
                #expect(tables.isEmpty, "a read created something")
                #expect(!FileManager.default.fileExists(atPath: project.folder.path("__pycache__")))
            }
        }
    }

    @Test("follows the session: role, search_path and the schema of the version table")
    func session() async throws {
        let environment = RunnerProject.environment(
            beforeConfigure: "connection.execute(text('SET search_path = tenant, public')); connection.commit()",
            arguments: "version_table='versions', transaction_per_migration=True, compare_server_default=True")
        try await RunnerProject.with(environment: environment) { project in
            try await TestCluster.withDatabase { url in
                try await TestCluster.execute(url, "CREATE SCHEMA tenant")
                var description = try await describe(project.runner(url), at: url)
                #expect(description.versionTable == .init(name: "versions", resolvedSchema: "tenant"))
                #expect(description.models?.defaultSchema == "tenant")
                #expect(description.models?.searchPath == ["public"])
                #expect(description.transactionPerMigration && description.compareServerDefault)
                // An existing table has precedence over the one that would be created.
                try await TestCluster.execute(url, "CREATE TABLE public.versions (version_num varchar(32))")
                description = try await describe(project.runner(url), at: url)
                #expect(description.versionTable.resolvedSchema == "public")
            }
        }
    }

    @Test("passes -x arguments, and PYTHONPATH works")
    func arguments() async throws {
        let environment = RunnerProject.environment(
            arguments: "version_table=context.get_x_argument(as_dictionary=True)['table']")
        try await RunnerProject.with(environment: environment) { project in
            try FileManager.default.createDirectory(
                atPath: project.folder.path("src"), withIntermediateDirectories: true)
            try FileManager.default.moveItem(
                atPath: project.folder.path("models.py"), toPath: project.folder.path("src/models.py"))
            try await TestCluster.withDatabase { url in
                let runner = project.runner(url, ["PYTHONPATH": "src"], x: ["table=other_versions"])
                let description = try await describe(runner, at: url)
                #expect(description.versionTable.name == "other_versions")
            }
        }
    }

    @Test("accepts version locations of env.py that equal the configuration's")
    func sameFolders() async throws {
        let environment = """
            from alembic import context
            context.script.version_locations = ["migrations/../migrations/versions"]

            """
        try await RunnerProject.with(environment: environment + RunnerProject.environment()) { project in
            try await TestCluster.withDatabase { url in _ = try await describe(project.runner(url), at: url) }
        }
    }

    @Test("refuses another database by name, before any statement of the project")
    func otherDatabase() async throws {
        try await TestCluster.withDatabase { other in
            let environment = """
                from alembic import context
                from sqlalchemy import create_engine, text
                with create_engine("\(other.replacing("postgresql:", with: "postgresql+psycopg:"))").connect() as c:
                    c.execute(text("CREATE TABLE stray (a int)"))
                    c.commit()
                """
            try await RunnerProject.with(environment: environment) { project in
                try await TestCluster.withDatabase { url in
                    let error = try await failure { () throws(AlembicError) in
                        try await describe(project.runner(url), at: url)
                    }
                    let name = try #require(try await TestCluster.execute(other, "SELECT current_database()").value)
                    #expect(error.code == .wrongDatabase)
                    #expect(error.message.contains("database \"\(name)\""))
                    #expect(error.connection?.database == name)
                    #expect(try await TestCluster.execute(other, "SELECT to_regclass('stray')").value == nil)
                }
            }
        }
    }

    @Test("when the agent cannot check the database, nothing runs and the error says so")
    func unproven() async throws {
        try await RunnerProject.with { project in
            try await TestCluster.withDatabase { url in
                let error = try await failure { () throws(AlembicError) in
                    try await project.runner(url).describe(nonce: nonce) { _ in throw SupportError("no database") }
                }
                #expect(error.code == .unproven)
                #expect(error.message.contains("no database"))
            }
        }
    }

    @Test(
        "a read that writes is refused by the server and reported, even when env.py hides it",
        arguments: [
            "connection.execute(text('CREATE SCHEMA IF NOT EXISTS app'))",
            """
            try: connection.execute(text('CREATE SCHEMA IF NOT EXISTS app'))
                except Exception: connection.rollback()
            """,
        ])
    func writes(statement: String) async throws {
        try await RunnerProject.with(environment: RunnerProject.environment(beforeConfigure: statement)) { project in
            try await TestCluster.withDatabase { url in
                let error = try await failure { () throws(AlembicError) in
                    try await describe(project.runner(url), at: url)
                }
                #expect(error.code == .writesDuringRead)
                #expect(error.sqlstate == "25006")
                #expect(error.statement == "CREATE SCHEMA IF NOT EXISTS app")
                #expect(error.file == project.folder.path("migrations/env.py"))
                #expect(try await TestCluster.execute(url, "SELECT to_regnamespace('app')").value == nil)
            }
        }
    }

    @Test(
        "a refused write is reported when another error hides it",
        arguments: [
            // Raised while the refusal is handled, after it was, and with the chain cut.
            "except Exception: {}['config']", "except Exception: pass\n    {}['config']",
            "except Exception: raise KeyError('config') from None",
        ])
    func hiddenWrites(handler: String) async throws {
        let statement = "try: connection.execute(text('CREATE SCHEMA app'))\n    \(handler)"
        try await RunnerProject.with(environment: RunnerProject.environment(beforeConfigure: statement)) { project in
            try await TestCluster.withDatabase { url in
                let error = try await failure { () throws(AlembicError) in
                    try await describe(project.runner(url), at: url)
                }
                #expect(error.code == .writesDuringRead && error.sqlstate == "25006")
                #expect(
                    error.message
                        == "cannot execute CREATE SCHEMA in a read-only transaction; env.py then raised KeyError: 'config'"
                )
                #expect(error.statement == "CREATE SCHEMA app")
                #expect(error.line == 9, "\(error)")
            }
        }
    }

    struct Broken: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var environment: String
        var code: AlembicError.Code
        var says: String
        var line: Int?
    }

    static let broken = [
        Broken(
            testDescription: "raises", environment: "import os\nraise ValueError('no ' + 'luck')",
            code: .environmentFailed, says: "ValueError: no luck", line: 2),
        Broken(
            testDescription: "a module is missing", environment: "\n\nimport not_there_at_all",
            code: .environmentFailed, says: "not_there_at_all", line: 3),
        Broken(
            testDescription: "a module is missing inside a module",
            environment: """
                try:
                    import not_there_at_all
                except ImportError as error:
                    raise ImportError("cannot import the application") from error
                """, code: .environmentFailed,
            says:
                "ModuleNotFoundError: No module named 'not_there_at_all'; env.py then raised ImportError: cannot import",
            line: 2),
        Broken(
            testDescription: "a percent sign in the address",
            environment: """
                from alembic import context
                context.config.set_main_option("sqlalchemy.url", "postgresql+psycopg://u:secretive%40@h/d")
                """, code: .environmentFailed, says: #"set_main_option("sqlalchemy.url", url.replace("%", "%%"))"#,
            line: 2),
        Broken(
            testDescription: "an address that cannot be reached, in an error of the project's own",
            environment: """
                import sqlalchemy
                try:
                    sqlalchemy.create_engine("postgresql+psycopg://u:secretive@127.0.0.1:1/d").connect()
                except Exception as error:
                    raise RuntimeError("no database") from error
                """, code: .cannotConnect, says: "; env.py then raised RuntimeError: no database", line: 3),
        Broken(
            testDescription: "another server that does not listen",
            environment: "import socket\nsocket.create_connection(('127.0.0.1', 1))", code: .environmentFailed,
            says: "ConnectionRefusedError", line: 2),
        Broken(
            testDescription: "a syntax error", environment: "x = 1\ny = = 2", code: .environmentFailed,
            says: "SyntaxError", line: 2),
        Broken(
            testDescription: "exits", environment: "import sys\nsys.exit(0)", code: .environmentFailed,
            says: "sys.exit(0)", line: 2),
        Broken(
            testDescription: "does nothing", environment: "pass", code: .environmentFailed, says: "configure()"),
        Broken(
            testDescription: "a driver is missing",
            environment: "import sqlalchemy\nsqlalchemy.create_engine('postgresql+pg8000://h/d')", code: .driverMissing,
            says: "pg8000", line: 2),
        Broken(
            testDescription: "the placeholder of Alembic's template",
            environment: "import sqlalchemy\nsqlalchemy.create_engine('driver://user:pass@localhost/dbname')",
            code: .environmentFailed, says: #"options = { "sqlalchemy.url" = "${url}" }"#, line: 2),
        Broken(
            testDescription: "a home folder",
            environment: "import os\nos.makedirs(os.path.expanduser('~/.cache/shop'))", code: .environmentFailed,
            says: "environment = { HOME = ", line: 2),
        Broken(
            testDescription: "offline only",
            environment: """
                from alembic import context
                context.configure(url="postgresql+psycopg://", literal_binds=True)
                with context.begin_transaction():
                    context.run_migrations()
                """, code: .offlineOnly, says: "offline", line: 2),
        Broken(
            testDescription: "another kind of database",
            environment: "import sqlalchemy\nsqlalchemy.create_engine('sqlite://').connect()", code: .wrongDatabase,
            says: "sqlite"),
        Broken(
            testDescription: "nothing listens",
            environment: """
                import sqlalchemy
                sqlalchemy.create_engine("postgresql+psycopg://u:secretive@127.0.0.1:1/d").connect()
                """, code: .cannotConnect, says: "refused", line: 2),
        Broken(
            testDescription: "runs twice",
            environment: RunnerProject.environment() + "\n        context.run_migrations()",
            code: .severalRuns, says: "more than once"),
        Broken(
            testDescription: "replaces the configured folder with others",
            environment: """
                from alembic import context
                context.script.version_locations = ["migrations/others"]

                """ + RunnerProject.environment(),
            code: .graphDisagrees, says: "revisions of migrations/others, the configuration says migrations/versions;"),
        Broken(
            testDescription: "closes every descriptor",
            environment: "import os\nos.closerange(3, 256)\n" + RunnerProject.environment(), code: .runnerLost,
            says: "without a result"),
        Broken(
            testDescription: "ends without a word", environment: "import os\nos._exit(0)", code: .runnerLost,
            says: "without a result"),
    ]

    @Test("says what is wrong with env.py, and where", arguments: Self.broken)
    func isBroken(broken: Broken) async throws {
        try await RunnerProject.with(environment: broken.environment) { project in
            try await TestCluster.withDatabase { url in
                let error = try await failure { () throws(AlembicError) in
                    try await describe(project.runner(url), at: url)
                }
                #expect(error.code == broken.code)
                #expect(error.message.contains(broken.says), "\(error.message)")
                #expect(!error.message.contains("secretive"))
                if let line = broken.line {
                    #expect(error.file == project.folder.path("migrations/env.py"))
                    #expect(error.line == line)
                }
            }
        }
    }

    @Test("names the line of the models that fails")
    func brokenModels() async throws {
        try await RunnerProject.with(models: "import sqlalchemy as sa\nmetadata = sa.MetaDatum()") { project in
            let error = try await failure { () throws(AlembicError) in
                try await describe(project.runner("postgresql://"), at: "")
            }
            #expect(error.code == .environmentFailed)
            #expect(error.file == project.folder.path("models.py"))
            #expect(error.line == 2)
        }
    }

    @Test("keeps secrets out of its messages")
    func secrets() async throws {
        let environment = """
            import os, sys
            print("token", os.environ["API_TOKEN"])
            print(os.environ["API_TOKEN"], file=sys.stderr)
            raise RuntimeError("bad token " + os.environ["API_TOKEN"])
            """
        try await RunnerProject.with(environment: environment) { project in
            let error = try await failure { () throws(AlembicError) in
                try await describe(project.runner("postgresql://", ["API_TOKEN": "tip-top-secret"]), at: "")
            }
            #expect(error.message == "RuntimeError: bad token ${API_TOKEN}")
            #expect(error.outputTail.contains("${API_TOKEN}"))
            #expect(!error.outputTail.contains("tip-top-secret"))
        }
    }

    @Test("secrets are in os.environ, and not in the process's visible environment or arguments")
    func visibleEnvironment() async throws {
        let environment = """
            import os
            visible = open("/proc/self/environ").read() + open("/proc/self/cmdline").read()
            assert os.environ["API_TOKEN"] == "tip-top-secret"
            raise RuntimeError("visible" if "tip-top" in visible or os.getcwd() in visible else "hidden")
            """
        try await RunnerProject.with(environment: environment) { project in
            let error = try await failure { () throws(AlembicError) in
                try await describe(project.runner("postgresql://", ["API_TOKEN": "tip-top-secret"]), at: "")
            }
            #expect(error.message == "RuntimeError: hidden")
        }
    }

    @Test("stale bytecode with fresh metadata is not used")
    func staleBytecode() async throws {
        try await RunnerProject.with { project in
            try await project.makeStale("models.py", replacing: "prospects", with: "customers")
            try await TestCluster.withDatabase { url in
                let description = try await describe(project.runner(url), at: url)
                #expect(description.models?.tables.map(\.name) == ["customers"])
            }
        }
    }
}
