import Alembic
import Postgres
import Support
import Testing

/// Applications that migrate by themselves when env.py imports them.
@Suite("runner: applications that migrate")
struct RunnerNestedTests {
    private static let upgrade = """
        from alembic import command
        from alembic.config import Config

        command.upgrade(Config("alembic.ini"), "head")
        """

    /// The same through Alembic's command line.
    private static let main = """
        from alembic.config import main

        main(argv=["-c", "alembic.ini", "upgrade", "head"])
        """

    private static func with(_ call: String, _ body: (RunnerProject) async throws -> Void) async throws {
        try await RunnerProject.with(models: RunnerProject.models + "\n" + call) { project in
            try project.history()
            try await body(project)
        }
    }

    @Test("the call is left out in every mode, and what follows it works", arguments: [upgrade, main])
    func leftOut(call: String) async throws {
        try await Self.with(call) { project in
            let modes = try await RunnerModes.run { project.runner($0) }
            modes.expectHistory()
            let warning = try #require(modes.description.warnings?.first)
            #expect(modes.description.warnings?.count == 1)
            #expect(warning.code == "project.migratesItself" && warning.file == project.folder.path("models.py"))
            let lines = try project.folder.read("models.py").split(separator: "\n", omittingEmptySubsequences: false)
            #expect(warning.line == lines.count && warning.message.contains("alembic.command.upgrade()"))
            #expect(warning.message.contains("environment"), "it says how to switch the call off")
        }
    }

    @Test("a read changes nothing")
    func read() async throws {
        try await Self.with(Self.upgrade) { project in
            try await TestCluster.withDatabase { url in
                _ = try await project.runner(url).describe(nonce: 5) { try await holds(5, in: url, $0) }
                let tables = try await TestCluster.execute(
                    url, "SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace")
                #expect(tables.isEmpty)
            }
        }
    }

    @Test("commands that only read are not left out")
    func current() async throws {
        let call = """
            from alembic import command
            from alembic.config import Config
            from alembic.script import ScriptDirectory

            command.heads(Config("alembic.ini"))
            assert ScriptDirectory.from_config(Config("alembic.ini")).get_heads() == ["b2"]
            """
        try await Self.with(call) { project in
            let modes = try await RunnerModes.run { project.runner($0) }
            modes.expectHistory()
            #expect(modes.description.warnings == nil)
        }
    }

    @Test(
        "another process is refused",
        arguments: [
            "import subprocess, sys; subprocess.run([sys.executable, '-m', 'alembic', 'upgrade', 'head'])",
            "import os; os.system('alembic -c alembic.ini upgrade head')",
            "import subprocess; subprocess.run('flask --app x db upgrade', shell=True)",
        ])
    func process(call: String) async throws {
        try await Self.with(call) { project in
            try await TestCluster.withDatabase { url in
                let error = try await failure { () throws(AlembicError) in
                    try await project.runner(url).describe(nonce: 5) { try await holds(5, in: url, $0) }
                }
                #expect(error.code == .migratesItself && error.file == project.folder.path("models.py"))
                #expect(error.message.contains("upgrade"))
                #expect(try await TestCluster.execute(url, "SELECT to_regclass('prospects')").value == nil)
            }
        }
    }

    @Test("other programs are not")
    func otherProcess() async throws {
        try await Self.with("import subprocess; subprocess.run(['true', 'upgrade', '--no-alembic'])") { project in
            let modes = try await RunnerModes.run { project.runner($0) }
            modes.expectHistory()
        }
    }

    @Test("the place is that of the call, also in an application that is installed as a package")
    func installed() async throws {
        let models = "import sys\nsys.path.insert(0, 'venv/site-packages')\nimport shop\nshop.create_app()\n"
        try await RunnerProject.with(models: RunnerProject.models + "\n" + models) { project in
            try project.history()
            let call = "def create_app():\n    " + Self.upgrade.replacing("\n", with: "\n    ")
            try project.folder.write("venv/site-packages/shop/__init__.py", call)
            try await TestCluster.withDatabase { url in
                let description = try await project.runner(url)
                    .describe(nonce: 5) { try await holds(5, in: url, $0) }
                let warning = try #require(description.warnings?.first)
                #expect(warning.file?.hasSuffix("/venv/site-packages/shop/__init__.py") == true && warning.line == 5)
                #expect(warning.message.hasPrefix("venv/site-packages/shop/__init__.py:5 calls alembic"))
            }
        }
    }
}
