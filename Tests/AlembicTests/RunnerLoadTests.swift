import Alembic
import Revisions
import Support
import Testing

/// Scripts whose header only Python can compute.
@Suite("runner: load")
struct RunnerLoadTests {
    private static func with(
        ini: String = "", _ scripts: [String: String], _ body: (TemporaryFolder) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            try folder.write(
                "alembic.ini", "[alembic]\nscript_location = migrations\nprepend_sys_path = lib\n\(ini)\n")
            try folder.write("migrations/env.py", "raise SystemExit('env.py must not run')")
            for (name, text) in scripts { try folder.write(name, text) }
            try await body(folder)
        }
    }

    private static func reading(_ folder: TemporaryFolder) throws -> ScriptReading {
        var scripts = ScriptReader { bytes in Array("\(bytes.hashValue)".utf8) }
        return scripts.read(
            try ProjectConfiguration.read(folder: folder.path, config: "alembic.ini", section: "alembic"))
    }

    private static func runner(_ folder: TemporaryFolder, _ environment: [String: String] = [:]) -> Runner {
        Runner(python: TestPython.interpreter, folder: folder.path, environment: environment)
    }

    @Test("one process loads all scripts, and reports what it read")
    func computedHeaders() async throws {
        try await Self.with([
            "lib/names.py": "LABEL = 'core'\nprint('noise on standard output')\n",
            "migrations/versions/1.py": """
            '''first

            more'''
            import names
            revision = "aaaa11"
            down_revision = None
            branch_labels = (names.LABEL,)
            """,
            "migrations/versions/2.py": "revision = __file__[-4] * 6\ndown_revision = 'aaaa11'\n",
            "migrations/versions/3.py":
                "import os\nrevision = os.environ['NEXT']\ndown_revision = ('aaaa11', '222222')\ndepends_on = ['aaaa11'][:1]",
            "migrations/versions/4.py": "revision = 'dddd44'\ndown_revision = 'cccc33'\n",
        ]) { folder in
            let reading = try Self.reading(folder)
            #expect(reading.unresolved.map(\.path) == (1...3).map { "migrations/versions/\($0).py" })
            #expect(!reading.graph.isUsable)

            let loaded = try await Self.runner(folder, ["NEXT": "cccc33"]).load(reading.unresolved)
            #expect(loaded.covers(reading.unresolved))
            #expect(loaded.files.contains(folder.path("lib/names.py")))
            #expect(loaded.files.contains(folder.path("migrations/versions/1.py")))

            let resolved = reading.resolved(with: .success(loaded))
            #expect(resolved.graph.problems.isEmpty)
            #expect(resolved.graph.heads == ["dddd44"] && resolved.graph.bases == ["aaaa11"])
            #expect(resolved.graph.order == ["aaaa11", "222222", "cccc33", "dddd44"])
            #expect(resolved.graph["aaaa11"]?.doc == "first" && resolved.graph["aaaa11"]?.labels == ["core"])
            #expect(resolved.graph["cccc33"]?.down == ["222222", "aaaa11"])
            #expect(resolved.graph["cccc33"]?.dependsOn == ["aaaa11"])
            #expect(resolved.graph["cccc33"]?.file == "migrations/versions/3.py")
            #expect(resolved.graph.revisions.map(\.source) == [.alembic, .alembic, .alembic, .static])
            #expect(resolved.files == reading.files)

            // Other headers for the same bytes give another content hash.
            let other = try await Self.runner(folder, ["NEXT": "eeee55"]).load(reading.unresolved)
            #expect(reading.resolved(with: .success(other)).contentHash != resolved.contentHash)
            #expect(reading.resolved(with: .success(loaded)).contentHash == resolved.contentHash)
        }
    }

    @Test("a script that Alembic refuses is a problem of that file, with the reason and the line")
    func refusals() async throws {
        try await Self.with([
            "lib/broken.py": "\n\nraise ValueError('not today, s3cret-value')\n",
            "migrations/versions/0.py": "revision = 'aaaa11'\ndown_revision = None\n",
            "migrations/versions/1.py": "revision = 'a' + 1\ndown_revision = None\n",
            "migrations/versions/2.py": "import broken\nrevision = broken.id\ndown_revision = None\n",
            "migrations/versions/3.py": "revision = str(1)\n\n\nraise SystemExit(3)\ndown_revision = None\n",
            "migrations/versions/4.py": "revision = int('4')\ndown_revision = None\n",
            "migrations/versions/5.py": "revision = 'bbbb22'\ndown_revision = ('aaaa11', str)\n",
            "migrations/versions/6.py": "revision = 'c' + 'd'\ndown_revision = revision\n",
            "migrations/versions/7.py": """
            import sqlalchemy
            revision = sqlalchemy.create_engine('sqlite://').connect().scalar(sqlalchemy.text("SELECT 'x'"))
            down_revision = None
            """,
        ]) { folder in
            let reading = try Self.reading(folder)
            let loaded = try await Self.runner(folder, ["TOKEN": "s3cret-value"]).load(reading.unresolved)
            let resolved = reading.resolved(with: .success(loaded))
            #expect(resolved.graph["aaaa11"] != nil && resolved.graph.revisions.count == 1)
            let problems = resolved.graph.problems
            #expect(problems.map(\.file) == (1...7).map { "migrations/versions/\($0).py" })
            #expect(problems.allSatisfy { $0.code == "graph.unreadable" && $0.isBlocking })
            #expect(problems.map(\.line) == [1, 2, 4, 1, 2, 1, 2])
            for (problem, words) in zip(
                problems,
                [
                    "TypeError: ", "(\(folder.path("lib/broken.py")):3)", "SystemExit: 3", "", "is not a string", "",
                    "must not connect",
                ])
            {
                #expect(problem.message.contains(words), "\(problem.message)")
            }
            #expect(!problems.contains { $0.message.contains("s3cret") })
        }
    }

    @Test(
        "without an interpreter, or without Alembic, the problems remain and say why", arguments: ["missing", "bare"])
    func notLoaded(kind: String) async throws {
        try await Self.with(["migrations/versions/1.py": "down_revision = None\nrevision = f()\n"]) { folder in
            let reading = try Self.reading(folder)
            let python = kind == "missing" ? folder.path("no/python") : "/usr/bin/python3"
            let error = try await failure { () throws(AlembicError) in
                try await Runner(python: python, folder: folder.path).load(reading.unresolved)
            }
            #expect(error.code == (kind == "missing" ? .interpreterMissing : .alembicMissing))
            let problem = try #require(reading.resolved(with: .failure(error)).graph.problems.first)
            #expect(problem.code == "graph.notLiteral" && problem.line == 2)
            #expect(problem.file == "migrations/versions/1.py")
            #expect(problem.message.contains(error.code.rawValue) && problem.message.contains(python))
        }
    }

    @Test("bytecode without source is loaded, in a cache and beside the scripts")
    func sourceless() async throws {
        try await Self.with(
            ini: "sourceless = true",
            [
                "migrations/versions/a.py": "'''compiled'''\nrevision = 'aaaa11'\ndown_revision = None\n",
                "migrations/versions/b.py": "revision = 'bbbb22'\ndown_revision = 'aaaa11'\n",
            ]
        ) { folder in
            let compile = """
                import os, py_compile, sys
                os.chdir(sys.argv[1])
                py_compile.compile("a.py", doraise=True)
                py_compile.compile("b.py", cfile="b.pyc", doraise=True)
                os.remove("a.py"), os.remove("b.py")
                """
            let outcome = try await Program.run(
                TestPython.interpreter, ["-c", compile, folder.path("migrations/versions")])
            #expect(outcome.status == 0, "\(outcome.standardError)")
            let reading = try Self.reading(folder)
            #expect(reading.unresolved.count == 2 && reading.graph.revisions.isEmpty)
            let resolved = reading.resolved(with: .success(try await Self.runner(folder).load(reading.unresolved)))
            #expect(resolved.graph.problems.isEmpty && resolved.graph.order == ["aaaa11", "bbbb22"])
            #expect(resolved.graph["aaaa11"]?.doc == "compiled")
        }
    }
}
