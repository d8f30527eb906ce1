import Alembic
import Postgres
import Support
import Testing

/// Options of the settings in Alembic's configuration.
@Suite("runner: options")
struct RunnerOptionTests {
    private static func environment(_ engine: String) -> String {
        RunnerProject.environment().replacing("create_engine(os.environ[\"DATABASE_URL\"])", with: engine)
    }

    private static let main = environment("create_engine(context.config.get_main_option('sqlalchemy.url'))")
    private static let section = environment(
        "__import__('sqlalchemy').engine_from_config("
            + "context.config.get_section(context.config.config_ini_section, {}), prefix='sqlalchemy.')")
    private static let parser = environment(
        "create_engine(context.config.file_config['alembic']['sqlalchemy.url'])")

    private func describe(_ runner: Runner, _ url: String) async throws(AlembicError) -> ProjectDescription {
        try await runner.describe(nonce: 5) { try await holds(5, in: url, $0) }
    }

    /// Percent signs survive interpolation; the file's own value, and that of another section, do not count.
    @Test("sqlalchemy.url, read in every way", arguments: [main, section, parser], [nil, "alembic-1.8.1"])
    func address(environment: String, older: String?) async throws {
        try await RunnerProject.with(environment: environment) { project in
            try project.folder.write(
                "alembic.ini",
                """
                [alembic]
                script_location = migrations
                prepend_sys_path = .
                sqlalchemy.url = driver://user:pass@localhost/dbname
                """)
            try await TestCluster.withDatabase { url in
                let role = "a%40 \(url.hashValue)"
                try await TestCluster.execute(url, "CREATE ROLE \"\(role)\" LOGIN")
                let address = try DatabaseAddress(url).with(user: role, password: "p%w")
                var runner = project.runner(url)
                runner.environment = older.map { ["PYTHONPATH": "\(RepositoryRoot.path)/.venv/\($0)"] } ?? [:]
                runner.options = ["SQLAlchemy.url": address.url(driver: "psycopg2")]
                let description = try await describe(runner, url)
                #expect(description.currentUser == role && description.warnings == nil)
                try await TestCluster.execute(url, "DROP ROLE \"\(role)\"")
            }
        }
    }

    @Test("the chosen section")
    func otherSection() async throws {
        try await RunnerProject.with(environment: Self.main) { project in
            try project.folder.write(
                "alembic.ini", "[alembic]\n[other]\nscript_location = migrations\nprepend_sys_path = .\n")
            try await TestCluster.withDatabase { url in
                var runner = project.runner(url)
                runner.section = "other"
                runner.options = ["sqlalchemy.url": try DatabaseAddress(url).url(driver: "psycopg")]
                #expect(try await describe(runner, url).warnings == nil)
            }
        }
    }

    @Test(
        "an option that env.py does not read, or replaces",
        arguments: [
            RunnerProject.environment(),
            main.replacing(
                "engine = ",
                with:
                    "context.config.set_main_option('foo.url', 'x'); context.config.get_main_option('foo.url'); engine = "
            ),
        ])
    func unread(environment: String) async throws {
        try await RunnerProject.with(environment: environment) { project in
            try await TestCluster.withDatabase { url in
                var runner = project.runner(url)
                runner.options = ["foo.url": "secret-value"]
                if environment.contains("sqlalchemy.url") {
                    runner.options["sqlalchemy.url"] = try DatabaseAddress(url).url(driver: "psycopg")
                }
                let warnings = try await describe(runner, url).warnings ?? []
                #expect(warnings.map(\.code) == ["project.optionNotRead"])
                #expect(warnings.first?.message.contains("foo.url") == true)
                #expect(warnings.first?.message.contains("secret-value") == false)
            }
        }
    }

    @Test("an option that env.py does not read while it connects elsewhere")
    func elsewhere() async throws {
        try await TestCluster.withDatabase { other in
            try await RunnerProject.with { project in
                try await TestCluster.withDatabase { url in
                    var runner = project.runner(other)
                    runner.options = ["foo": "bar"]
                    let error = try await failure { () throws(AlembicError) in try await describe(runner, url) }
                    #expect(error.code == .wrongDatabase && error.warnings.map(\.code) == ["project.optionNotRead"])
                }
            }
        }
    }

    @Test("values are secret")
    func secret() async throws {
        let environment = "from alembic import context\nraise ValueError(context.config.get_main_option('token'))"
        try await RunnerProject.with(environment: environment) { project in
            var runner = project.runner("postgresql:///none")
            runner.options = ["token": "tip-top-secret"]
            let error = try await failure { () throws(AlembicError) in try await runner.describe(nonce: 5) { _ in true }
            }
            #expect(error.message.contains("ValueError: ${token}") && !"\(error)".contains("tip-top-secret"))
        }
    }

    struct Default: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var environment: String
        /// Of the configuration file.
        var url = "driver://nowhere"
        /// The option as env.py finds it, without the address.
        var expected: String
        var variables: Set<String> = []
        var options: [String: String] = [:]
    }

    private static let reads = "context.config.get_main_option('sqlalchemy.url')\n"

    private static let defaults = [
        Default(testDescription: "main option", environment: reads, expected: "postgresql"),
        Default(
            testDescription: "section, with a driver in the file", environment: "(lambda engine_from_config: 0)(1)\n",
            url: "postgresql+asyncpg://u:p%%40@h/d", expected: "postgresql+asyncpg"),
        Default(testDescription: "the variable instead", environment: "", expected: "driver"),
        Default(
            testDescription: "either", environment: reads + "os.environ.get('DATABASE_URL')\n", expected: "driver"),
        Default(
            testDescription: "another variable with the address", environment: reads + "os.environ.get('DB_URL')\n",
            expected: "driver", variables: ["DB_URL"]),
        Default(
            testDescription: "another variable with a longer name",
            environment: reads + "os.environ.get('DB_URL_OTHER')\n", expected: "postgresql", variables: ["DB_URL"]),
        Default(
            testDescription: "only a comment", environment: "# config.get_main_option('sqlalchemy.url')\n",
            expected: "driver"),
        Default(
            testDescription: "env.py sets it",
            environment: "if not 1: context.config.set_main_option(\n    'sqlalchemy.url', url)\n" + reads,
            expected: "driver"),
        Default(
            testDescription: "an option of the settings", environment: reads, expected: "other",
            options: ["SQLAlchemy.URL": "other://x"]),
        Default(
            testDescription: "another option of the settings", environment: reads, expected: "postgresql",
            options: ["x": "y"]),
    ]

    /// An env.py that takes the address from the option gets it there, without a setting.
    @Test("what env.py reads, by its text", arguments: defaults)
    func defaultOption(_ given: Default) async throws {
        let environment = """
            import os
            from alembic import context
            \(given.environment)
            key = "sqlalchemy" + ".url"
            raise ValueError("found " + context.config.get_main_option(key).partition(":")[0] + ".")
            """
        try await RunnerProject.with(environment: environment) { project in
            try project.folder.write(
                "alembic.ini", "[alembic]\nscript_location = migrations\nsqlalchemy.url = \(given.url)\n")
            var runner = project.runner("postgresql:///none")
            runner.environment = [:]
            let address = try DatabaseAddress("postgresql://app:secretive@h/d")
            runner.url = { address.url(driver: $0) }
            runner.addressVariables = given.variables
            runner.options = given.options
            let error = try await failure { () throws(AlembicError) in try await runner.describe(nonce: 5) { _ in true }
            }
            #expect(error.message.contains("found \(given.expected)."), "\(error.message)")
            #expect(error.warnings.isEmpty, "nobody asked for the option")
        }
    }
}
