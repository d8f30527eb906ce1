import Alembic
import Support
import Testing

/// The installed templates of Alembic and of Flask-Migrate, adapted as every user adapts them.
@Suite("runner: templates")
struct RunnerTemplateTests {
    /// The models, and the URL that every template leaves to its user.
    private static let adaptation: [(String, String)] = [
        ("target_metadata = None", "from models import metadata as target_metadata"),
        (
            "config = context.config",
            """
            config = context.config
            import os
            config.set_main_option("sqlalchemy.url", os.environ["DATABASE_URL"].replace("%", "%%"))
            """
        ),
    ]

    @Test("Alembic's for one database", arguments: ["generic", "async", "pyproject", "pyproject_async"])
    func single(template: String) async throws {
        try await RunnerProject.template(template) { project in
            try project.adapt("migrations/env.py", Self.adaptation)
            try project.history()
            let modes = try await RunnerModes.run { url in
                project.runner(url, driver: template.hasSuffix("async") ? "asyncpg" : "psycopg")
            }
            modes.expectHistory()
            #expect(modes.created == ["prospects"])
            let configuration = template.hasPrefix("pyproject") ? "pyproject.toml" : "alembic.ini"
            #expect(modes.description.files.contains(project.folder.path(configuration)))
        }
    }

    @Test("Flask-Migrate's for one database", arguments: ["FLASK_APP", "app.py"])
    func flask(found: String) async throws {
        try await TemporaryFolder.with { folder in
            // Found by the variable, or under the default name of the command `flask`.
            let module = found == "FLASK_APP" ? "shop" : "app"
            try folder.write("\(module).py", Self.flaskApplication(binds: ""))
            try await Self.initialise(folder, application: module, [])
            let project = RunnerProject(folder: folder)
            try project.history()
            let modes = try await RunnerModes.run { url in
                var runner = project.runner(url, found == "FLASK_APP" ? ["FLASK_APP": "shop:create_app"] : [:])
                runner.config = "migrations/alembic.ini"
                return runner
            }
            modes.expectHistory()
            #expect(modes.created == ["prospects"])
            #expect(modes.description.compareType)
            // The reader without Python finds the scripts as well, although the file does not set script_location.
            let configuration = try ProjectConfiguration.read(
                folder: folder.path, config: "migrations/alembic.ini", section: "alembic")
            #expect(configuration.scriptLocation == folder.path("migrations"))
        }
    }

    @Test("Flask-Migrate's without an application reports it")
    func flaskWithout() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("shop.py", Self.flaskApplication(binds: ""))
            try await Self.initialise(folder, application: "shop", [])
            var runner = RunnerProject(folder: folder).runner("postgresql:///none")
            runner.config = "migrations/alembic.ini"
            let error = try await failure { () throws(AlembicError) in try await runner.describe(nonce: 1) { _ in true }
            }
            #expect(error.code == .environmentFailed)
            #expect(error.message.contains("FLASK_APP"), "\(error.message)")
        }
    }

    struct FlaskEnvironment: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Lines before the connection, and the expression of the engine.
        var start: String
        var engine = "current_app.extensions['migrate'].db.engine"
        /// The value of `script_location`; only with `%(here)s` Alembic alone finds the scripts.
        var location: String?
    }

    private static let contexts = [
        FlaskEnvironment(testDescription: "current_app", start: "from flask import current_app"),
        FlaskEnvironment(
            testDescription: "current_app, with script_location", start: "from flask import current_app",
            location: "%(here)s"),
        FlaskEnvironment(
            testDescription: "flask.current_app", start: "import flask",
            engine: "flask.current_app.extensions['migrate'].db.engine"),
        FlaskEnvironment(testDescription: "no word of Flask", start: "from helper import engine", engine: "engine()"),
        FlaskEnvironment(
            testDescription: "no word of Flask, with script_location", start: "from helper import engine",
            engine: "engine()", location: "%(here)s"),
        FlaskEnvironment(
            testDescription: "script_location that `flask db` replaces", start: "from flask import current_app",
            location: "."),
        FlaskEnvironment(
            testDescription: "an own context",
            start: """
                # Not app_context().
                from shop import create_app, db
                import flask
                assert not flask.has_app_context()
                create_app().app_context().push()
                """, engine: "db.engine"),
    ]

    /// What env.py does decides whether it gets the application's context, not one word in it.
    @Test("Flask-Migrate's env.py in other words", arguments: contexts)
    func flaskContext(_ given: FlaskEnvironment) async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("shop.py", Self.flaskApplication(binds: ""))
            try folder.write(
                "helper.py",
                """
                from flask import current_app
                def engine():
                    return current_app.extensions["migrate"].db.engine
                """)
            try folder.write(
                "migrations/alembic.ini",
                "[alembic]\n" + (given.location.map { "script_location = \($0)\nprepend_sys_path = .\n" } ?? ""))
            try folder.write(
                "migrations/env.py",
                """
                from alembic import context
                \(given.start)
                with \(given.engine).connect() as connection:
                    from shop import db
                    metadata = db.metadatas[None] if hasattr(db, "metadatas") else db.metadata
                    context.configure(connection=connection, target_metadata=metadata)
                    with context.begin_transaction():
                        context.run_migrations()
                """)
            let project = RunnerProject(folder: folder)
            try project.history()
            let modes = try await RunnerModes.run { url in
                var runner = project.runner(url, ["FLASK_APP": "shop:create_app"])
                runner.config = "migrations/alembic.ini"
                return runner
            }
            modes.expectHistory()
            let configuration = try ProjectConfiguration.read(folder: folder.path, config: "migrations/alembic.ini")
            #expect(configuration.scriptLocation == folder.path("migrations"))
        }
    }

    @Test(
        "Flask-Migrate's with an application that upgrades in create_app",
        arguments: ["", "db.session.execute(text('SELECT count(name) FROM prospects'))"])
    func flaskUpgrades(next: String) async throws {
        try await TemporaryFolder.with { folder in
            let application = Self.flaskApplication(binds: "").replacing(
                "    return app",
                with: "    with app.app_context():\n        flask_migrate.upgrade()\n        \(next)\n    return app")
            try folder.write("shop.py", Self.flaskApplication(binds: ""))
            try await Self.initialise(folder, application: "shop", [])
            try folder.write("shop.py", "import flask_migrate\nfrom sqlalchemy import text\n" + application)
            let project = RunnerProject(folder: folder)
            try project.history()
            let modes = try await RunnerModes.run { url in
                var runner = project.runner(url, ["FLASK_APP": "shop"])
                runner.config = "migrations/alembic.ini"
                return runner
            }
            modes.expectHistory()
            let warning = try #require(modes.description.warnings?.first)
            #expect(warning.code == "project.migratesItself" && warning.file == folder.path("shop.py"))
        }
    }

    /// - Parameter binds: members of `SQLALCHEMY_BINDS`.
    static func flaskApplication(binds: String) -> String {
        """
        import os
        from flask import Flask
        from flask_migrate import Migrate
        from flask_sqlalchemy import SQLAlchemy

        db = SQLAlchemy()

        class Prospect(db.Model):
            __tablename__ = "prospects"
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(50), nullable=False)

        class Visit(db.Model):
            __tablename__ = "visits"
            __bind_key__ = "statistics"
            id = db.Column(db.Integer, primary_key=True)

        def create_app():
            app = Flask(__name__)
            app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
            app.config["SQLALCHEMY_BINDS"] = {\(binds.isEmpty ? "'statistics': os.environ['DATABASE_URL']" : binds)}
            db.init_app(app)
            Migrate(app, db)
            return app
        """
    }

    /// Writes the script folder as `flask db init` does.
    static func initialise(
        _ folder: TemporaryFolder, application: String, _ arguments: [String],
        _ environment: [String: String] = ["DATABASE_URL": "postgresql+psycopg:///none"]
    ) async throws {
        let outcome = try await Program.run(
            TestPython.interpreter, ["-m", "flask", "--app", application, "db", "init"] + arguments,
            environment: environment, folder: folder.path)
        guard outcome.status == 0 else { throw SupportError(outcome.standardOutput + outcome.standardError) }
    }
}
