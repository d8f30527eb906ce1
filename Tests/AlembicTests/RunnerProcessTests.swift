import FoundationEssentials
import Glibc
import Postgres
import Support
import Synchronization
import Testing

@testable import Alembic

@Suite("runner: the process")
struct RunnerProcessTests {
    /// Starts a child process, writes both process ids to the file `processes`, and never ends.
    private static let endless = """
        import os, subprocess, time
        child = subprocess.Popen(["sleep", "600"])
        with open("processes.new", "w") as file:
            file.write(f"{os.getpid()} {child.pid}")
        os.rename("processes.new", "processes")
        time.sleep(600)
        """

    private func processes(of project: RunnerProject) async throws -> [Int32] {
        try await eventually("env.py runs") { (try? project.folder.read("processes")) != nil }
        let numbers = try project.folder.read("processes").split(separator: " ").compactMap { Int32($0) }
        try #require(numbers.count == 2 && numbers.allSatisfy(isRunning))
        return numbers
    }

    @Test("when the agent dies, the run and the processes that it started end")
    func endOfInput() async throws {
        try await RunnerProject.with(environment: Self.endless) { project in
            let pipe = project.folder.path("pipe")
            try #require(mkfifo(pipe, 0o600) == 0)
            let shell = try await BackgroundProgram(
                "/bin/sh",
                [
                    "-c", "exec setsid \"$1\" -c \"$2\" < \"$3\"", "sh", TestPython.interpreter, RunnerSource.bootstrap,
                    pipe,
                ])
            // Another test's child must not inherit the writing end and keep it open.
            let descriptor = open(pipe, O_WRONLY | O_CLOEXEC)
            try #require(descriptor >= 0)
            let configuration = RunnerConfiguration(project.runner("postgresql://"), mode: "describe", fence: 1)
            let text = RunnerSource.bytes + Array(try JSONEncoder().encode(configuration)) + [10]
            #expect(write(descriptor, text, text.count) == text.count)
            let numbers = try await processes(of: project)
            defer { for number in numbers where isRunning(number) { kill(number, SIGKILL) } }
            close(descriptor)
            for number in numbers {
                try await eventually("process \(number) has ended") { !isRunning(number) }
            }
            try await shell.wait()
        }
    }

    @Test("cancelling ends the run and the processes that it started")
    func cancellation() async throws {
        try await RunnerProject.with(environment: Self.endless) { project in
            let runner = project.runner("postgresql://")
            let task = Task {
                try await failure { () throws(AlembicError) in try await runner.describe(nonce: 1) { _ in true } }
            }
            let numbers = try await processes(of: project)
            task.cancel()
            #expect(try await task.value.code == .cancelled)
            for number in numbers {
                try await eventually("process \(number) has ended") { !isRunning(number) }
            }
        }
    }

    @Test("a run that takes too long is ended")
    func deadline() async throws {
        try await RunnerProject.with(environment: Self.endless) { project in
            let error = try await failure { () throws(AlembicError) in
                try await project.runner("postgresql://").describe(nonce: 1, deadline: .seconds(2)) { _ in true }
            }
            #expect(error.code == .environmentTimeout)
            #expect(error.message.contains("2.0 seconds"))
        }
    }

    /// In each, the interpreter does not get to run Python code: it computes, waits in C, or waits for a lock.
    private static let standing = [
        ("a loop", "while True:\n    pass"),
        ("a socket", "import socket\nserver = socket.create_server(('127.0.0.1', 0))\nserver.accept()"),
        ("a thread", "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()"),
        (
            "a signal handler",
            "import signal, time\nsignal.signal(signal.SIGTERM, lambda *_: None)\ntime.sleep(1e6)"
        ),
    ]

    @Test("a run that is stopped says where it stood", arguments: standing)
    func stack(name: String, code: String) async throws {
        let environment =
            "open('started', 'w').close()\n\n\ndef wait_für_nichts():\n"
            + code.split(separator: "\n").map { "    \($0)\n" }.joined() + "\n\nwait_für_nichts()\n"
        try await RunnerProject.with(environment: environment) { project in
            // A slow machine may need longer than the first deadline to start Python.
            var error: AlembicError?
            for deadline in [3, 20, 60] where error?.line == nil {
                error = try await failure { () throws(AlembicError) in
                    try await project.runner("postgresql://").describe(nonce: 1, deadline: .seconds(deadline)) { _ in
                        true
                    }
                }
                #expect(error?.code == .environmentTimeout)
                if (try? project.folder.read("started")) == nil { error?.line = nil }
            }
            #expect(error?.file?.hasSuffix("/env.py") == true)
            let last = 4 + code.split(separator: "\n").count
            #expect((last - 1...last).contains(error?.line ?? 0), "\(error?.stack ?? [])")
            #expect(
                error?.stack.contains { $0.hasSuffix("in wait_für_nichts") } == true,
                "\(error?.stack ?? [])")
            #expect(error?.stack.contains { $0.contains("<schemad") } == false)
        }
    }

    @Test("processes that the project left running end with the result")
    func leftovers() async throws {
        let environment = RunnerProject.environment(
            beforeConfigure: """
                import subprocess
                    child = subprocess.Popen(["sleep", "600"])
                    print(child.pid, file=open("child", "w"), flush=True)
                """)
        try await RunnerProject.with(environment: environment) { project in
            try await TestCluster.withDatabase { url in
                _ = try await project.runner(url).describe(nonce: 1) { _ in true }
                let text = try project.folder.read("child")
                let child = try #require(Int32(text.split(separator: "\n").first ?? ""))
                try await eventually("the child has ended") { !isRunning(child) }
            }
        }
    }

    @Test("a statement under way ends with the run")
    func statement() async throws {
        try await RunnerProject.with { project in
            try project.revision("a1", down: nil, "op.execute('SELECT pg_sleep(600)')")
            try await TestCluster.withDatabase { url in
                let name = "sleeper \(UInt32.random(in: 0 ... .max))"
                let run = MigrationRun(
                    targets: ["heads"], expectedRows: [], expectedRevisions: ["a1"], fence: 1, applicationName: name)
                let runner = project.runner(url)
                let task = Task {
                    try await failure { () throws(AlembicError) in try await runner.migrate(run) { _ in true } }
                }
                let sessions = "SELECT 1 FROM pg_stat_activity WHERE application_name = '\(name)'"
                try await eventually("the statement runs") {
                    try await TestCluster.execute(url, sessions + " AND query LIKE '%pg_sleep%'").count == 1
                }
                task.cancel()
                let error = try await task.value
                #expect(error.code == .cancelled)
                #expect(error.revision == "a1")
                try await eventually("the session has ended") { try await TestCluster.execute(url, sessions).isEmpty }
            }
        }
    }

    @Test("of endless output only the end is kept")
    func flood() async throws {
        let environment = """
            import sys
            for _ in range(3000):
                print("x" * 9999)
            print("the last line", file=sys.stderr)
            raise ValueError("y" * 1_000_000)
            """
        try await RunnerProject.with(environment: environment) { project in
            let error = try await failure { () throws(AlembicError) in
                try await project.runner("postgresql://").describe(nonce: 1) { _ in true }
            }
            #expect(error.code == .environmentFailed)
            #expect(error.message.utf8.count <= 8_000)
            #expect(error.outputTail.utf8.count <= 16_384)
            #expect(error.outputTail.contains("the last line"))
        }
    }

    @Test(
        "a process that the project forks does not run a second time",
        arguments: ["pass", "raise SystemExit(0)", "os._exit(0)"])
    func forks(child: String) async throws {
        let fork = "import os\nif os.fork() == 0:\n    \(child)\n"
        try await RunnerProject.with(environment: fork + RunnerProject.environment()) { project in
            try project.revision("a1", down: nil, "op.execute('CREATE TABLE one (id int)')")
            try await TestCluster.withDatabase { url in
                let run = MigrationRun(
                    targets: ["heads"], expectedRows: [], expectedRevisions: ["a1"], fence: 1, deadline: .seconds(60))
                let outcome = try await project.runner(url).migrate(run) { try await holds(1, in: url, $0) }
                #expect(outcome.applied == ["a1"])
                #expect(
                    try await TestCluster.execute(url, "SELECT version_num FROM alembic_version").values == [["a1"]])
            }
        }
    }

    @Test("nothing runs on a connection that was not reported")
    func unannounced() async throws {
        let environment =
            "from schemad_runner.connections import Connections\nConnections._prove = lambda *_: None\n"
            + RunnerProject.environment()
        try await RunnerProject.with(environment: environment) { project in
            try project.revision("a1", down: nil, "op.execute('CREATE TABLE one (id int)')")
            try await TestCluster.withDatabase { url in
                let run = MigrationRun(
                    targets: ["heads"], expectedRows: [], expectedRevisions: ["a1"], fence: 1, deadline: .seconds(60))
                let error = try await failure { () throws(AlembicError) in
                    try await project.runner(url).migrate(run) { _ in true }
                }
                #expect(error.code == .unproven)
                #expect(try await TestCluster.execute(url, "SELECT to_regclass('one')").value == nil)
            }
        }
    }

    @Test("connections of several threads are proven one after another")
    func threads() async throws {
        let environment =
            """
            import os, threading
            from sqlalchemy import create_engine
            def connect():
                with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
                    connection.exec_driver_sql("SELECT 1")
            threads = [threading.Thread(target=connect) for _ in range(8)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            """ + "\n" + RunnerProject.environment()
        try await RunnerProject.with(environment: environment) { project in
            try await TestCluster.withDatabase { url in
                let asked = Mutex(0)
                _ = try await project.runner(url).describe(nonce: 7) { report in
                    asked.withLock { $0 += 1 }
                    return try await holds(7, in: url, report)
                }
                #expect(asked.withLock { $0 } == 9)
            }
        }
    }

    @Test("an interpreter that is missing, lacks Alembic or is not Python")
    func interpreters() async throws {
        try await RunnerProject.with { project in
            let bare = try project.folder.write(
                "bare", "#!/bin/sh\nexec '\(TestPython.interpreter)' -S \"$@\"\n", mode: 0o700)
            let none = try project.folder.write("none", "#!/bin/sh\nexit 0\n", mode: 0o700)
            let cases: [(String, AlembicError.Code, String)] = [
                (project.folder.path("missing"), .interpreterMissing, "missing"),
                ("no-such-python", .interpreterMissing, "no-such-python"),
                (project.folder.path("models.py"), .interpreterMissing, "models.py"),
                (bare, .alembicMissing, "alembic"),
                (none, .runnerLost, "without a result"),
            ]
            for (python, code, says) in cases {
                var runner = project.runner("postgresql://")
                runner.python = python
                let error = try await failure { () throws(AlembicError) in
                    try await runner.describe(nonce: 1) { _ in true }
                }
                #expect(error.code == code)
                #expect(error.message.contains(says), "\(error.message)")
            }
            var runner = project.runner("postgresql://")
            runner.folder += "/nowhere"
            let error = try await failure { () throws(AlembicError) in try await runner.describe(nonce: 1) { _ in true }
            }
            #expect(error.code == .folderMissing)
        }
    }

    @Test("the agent's runs have no home and no packages of the user")
    func home() async throws {
        let environment = """
            import json, os, subprocess, sys
            child = subprocess.run(
                [sys.executable, "-c", "import sys; print(sys.flags.no_user_site)"], capture_output=True, text=True)
            try:
                os.makedirs(os.path.expanduser("~/.cache"))
                made = "made"
            except OSError as error:
                made = type(error).__name__
            facts = [os.path.expanduser("~/x"), sys.flags.no_user_site, child.stdout.strip(), made]
            json.dump(facts, open("facts", "w"))
            raise SystemExit
            """
        try await RunnerProject.with(environment: environment) { project in
            for home in [nil, project.folder.path("home")] {
                let runner = project.runner("postgresql://", home.map { ["HOME": $0] } ?? [:])
                _ = try await failure { () throws(AlembicError) in try await runner.describe(nonce: 1) { _ in true } }
                let place = home ?? "/proc/nonexistent"
                let made = home == nil ? "FileNotFoundError" : "made"
                #expect(try project.folder.read("facts") == #"["\#(place)/x", 1, "1", "\#(made)"]"#)
            }
        }
        // A command that a user typed uses that user's packages.
        #expect(!RunnerCommand(python: "python3", inheritsEnvironment: true).arguments.contains("-s"))
    }

    @Test("finds the project's own environment")
    func interpreter() async throws {
        try await TemporaryFolder.with { folder in
            func found(_ configured: String? = nil, _ environment: [String: String] = [:]) -> String {
                PythonInterpreter.path(configured: configured, folder: folder.path, environment: environment)
            }
            #expect(found() == "python3")
            let second = try folder.write("venv/bin/python", "", mode: 0o700)
            #expect(found() == second)
            let first = try folder.write(".venv/bin/python", "", mode: 0o700)
            #expect(found() == first)
            let active = try folder.write("active/bin/python", "", mode: 0o700)
            #expect(found(nil, ["VIRTUAL_ENV": folder.path("active")]) == active)
            #expect(found(nil, ["VIRTUAL_ENV": folder.path("gone")]) == first)
            #expect(found("/usr/bin/python3") == "/usr/bin/python3")
            #expect(found("python3.12") == "python3.12")
            #expect(found("env/bin/python") == folder.path("env/bin/python"))
        }
    }
}
