import Alembic
import FoundationEssentials
import Postgres
import Support
import Synchronization
import Testing

@Suite("runner: migrate")
struct RunnerMigrateTests {
    private let fence = Int64.random(in: 1 ... .max)

    private func run(
        _ targets: [String] = ["heads"], rows: [String] = [], expecting revisions: [String],
        _ change: (inout MigrationRun) -> Void = { _ in }
    ) -> MigrationRun {
        var run = MigrationRun(
            targets: targets, expectedRows: rows, expectedRevisions: revisions, fence: fence,
            deadline: .seconds(60))
        change(&run)
        return run
    }

    private func rows(_ url: String) async throws -> [String?] {
        guard try await TestCluster.execute(url, "SELECT to_regclass('alembic_version')").value != nil else {
            return []
        }
        return try await TestCluster.execute(url, "SELECT version_num FROM alembic_version ORDER BY 1").values.map(
            \.[0])
    }

    private static let createTable = "op.execute('CREATE TABLE prospects (id int, name text)')"
    /// Inside the block, the session that builds the index holds the fence.
    private static let createIndex = """
        from sqlalchemy import text
        with op.get_context().autocommit_block():
            held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            assert op.get_bind().execute(text(held)).scalar() == 1
            op.execute('CREATE INDEX CONCURRENTLY by_name ON prospects (name)')
        """

    @Test(
        "upgrades, with every driver, across CREATE INDEX CONCURRENTLY", arguments: ["psycopg", "psycopg2", "asyncpg"])
    func upgrades(driver: String) async throws {
        let environment = driver == "asyncpg" ? RunnerProject.asynchronous : RunnerProject.environment()
        try await RunnerProject.with(environment: environment) { project in
            try project.revision("a1", down: nil, Self.createTable)
            try project.revision("b2", down: "a1", Self.createIndex)
            try project.revision("c3", down: "b2", "op.execute('ALTER TABLE prospects ADD bio text')")
            try await TestCluster.withDatabase { url in
                let events = Mutex<[RunnerEvent]>([])
                let outcome = try await project.runner(url, driver: driver).migrate(
                    run(expecting: ["a1", "b2", "c3"]), prove: { try await holds(fence, in: url, $0) },
                    progress: { event in events.withLock { $0.append(event) } })
                #expect(outcome.applied == ["a1", "b2", "c3"])
                #expect(outcome.committed == ["a1", "b2", "c3"])
                #expect(outcome.autocommitted)
                #expect(try await rows(url) == ["c3"])
                let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_name'::regclass"
                #expect(try await TestCluster.execute(url, valid).value == "t")
                #expect(
                    events.withLock { $0 }.compactMap(Self.label) == [
                        "connected", "started a1 1/3", "applied a1", "started b2 2/3", "autocommit b2", "committing a1",
                        "applied b2", "started c3 3/3", "applied c3", "committing b2 c3",
                    ])
            }
        }
    }

    private static func label(_ event: RunnerEvent) -> String? {
        switch event {
        case .connected: "connected"
        case .revisionStarted(let revision, let index, let total, _): "started \(revision) \(index)/\(total)"
        case .revisionApplied(let revision, _, let committed): "applied \(revision)" + (committed ? " for good" : "")
        case .committing(_, let revisions): "committing " + revisions.joined(separator: " ")
        case .autocommit(let revision): "autocommit \(revision ?? "-")"
        case .roleSwitched(let revision): "role switched \(revision)"
        case .statementStarted, .statementEnded: nil
        }
    }

    @Test("nothing to do is a success without revisions")
    func nothingToDo() async throws {
        try await RunnerProject.with { project in
            try project.revision("a1", down: nil, Self.createTable)
            try await TestCluster.withDatabase { url in
                let runner = project.runner(url)
                for (rows, revisions) in [([], ["a1"]), (["a1"], [])] {
                    let outcome = try await runner.migrate(run(rows: rows, expecting: revisions)) { _ in true }
                    #expect(outcome.applied == revisions)
                }
            }
        }
    }

    struct Failing: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var arguments = ""
        var before = "pass"
        var first = RunnerMigrateTests.createTable
        var committed: [String]
        var autocommitted = false
        var keepsTable = false
    }

    @Test(
        "a failure names revision, line, statement and SQLSTATE, and what was done before",
        arguments: [
            Failing(testDescription: "one transaction", committed: []),
            Failing(testDescription: "one for each", arguments: "transaction_per_migration=True", committed: ["a1"]),
            Failing(
                testDescription: "after an autocommit block",
                first: "\(createTable)\nwith op.get_context().autocommit_block():\n    op.execute('SELECT 1')",
                committed: [], autocommitted: true),
            Failing(
                testDescription: "after a COMMIT in a revision", first: "\(createTable)\nop.execute('COMMIT')",
                committed: [], autocommitted: true),
            Failing(
                testDescription: "after a commit in the driver",
                first: "\(createTable)\nop.get_bind().connection.commit()", committed: [], autocommitted: true),
            Failing(
                testDescription: "without transactions",
                before: "connection = connection.execution_options(isolation_level='AUTOCOMMIT')", committed: ["a1"],
                autocommitted: true, keepsTable: true),
        ])
    func fails(failing: Failing) async throws {
        let environment = RunnerProject.environment(beforeConfigure: failing.before, arguments: failing.arguments)
        try await RunnerProject.with(environment: environment) { project in
            try project.revision("a1", down: nil, failing.first)
            let file = try project.revision(
                "b2", down: "a1", "op.execute('CREATE TABLE more (a int)')\nop.execute('ALTER TABLE nowhere ADD a int')"
            )
            try await TestCluster.withDatabase { url in
                let error = try await failure { () throws(AlembicError) in
                    try await project.runner(url).migrate(run(expecting: ["a1", "b2"])) { _ in true }
                }
                #expect(error.code == .migrationFailed)
                #expect(error.revision == "b2")
                #expect(error.sqlstate == "42P01")
                #expect(error.statement == "ALTER TABLE nowhere ADD a int")
                #expect(error.message.contains("nowhere"))
                #expect(error.file == file)
                #expect(error.line == 10)
                #expect(error.outcome.applied == ["a1"])
                #expect(error.outcome.committed == failing.committed)
                #expect(error.outcome.autocommitted == failing.autocommitted)
                #expect(try await rows(url) == failing.committed)
                let table = try await TestCluster.execute(url, "SELECT to_regclass('more')").value
                #expect((table != nil) == failing.keepsTable)
            }
        }
    }

    @Test(
        "a commit inside a revision that fails afterwards is reported",
        arguments: ["psycopg", "psycopg2", "asyncpg"],
        ["op.execute('ALTER TABLE nowhere ADD a int')", "raise KeyError('config')"])
    func commitsItself(driver: String, end: String) async throws {
        let environment = driver == "asyncpg" ? RunnerProject.asynchronous : RunnerProject.environment()
        try await RunnerProject.with(environment: environment) { project in
            try project.revision("a1", down: nil, "\(Self.createTable)\nop.get_bind().connection.commit()\n\(end)")
            try await TestCluster.withDatabase { url in
                let error = try await failure { () throws(AlembicError) in
                    try await project.runner(url, driver: driver).migrate(run(expecting: ["a1"])) { _ in true }
                }
                #expect(error.code == .migrationFailed && error.revision == "a1")
                #expect(error.outcome.autocommitted && error.outcome.committed == [])
                #expect(try await TestCluster.execute(url, "SELECT to_regclass('prospects')").value != nil)
            }
        }
    }

    @Test("a rollback inside a revision is no commit", arguments: ["psycopg", "psycopg2"])
    func rollsBack(driver: String) async throws {
        try await RunnerProject.with { project in
            try project.revision(
                "a1", down: nil,
                "\(Self.createTable)\nop.get_bind().connection.rollback()\nop.execute('ALTER TABLE nowhere ADD a int')")
            try await TestCluster.withDatabase { url in
                let error = try await failure { () throws(AlembicError) in
                    try await project.runner(url, driver: driver).migrate(run(expecting: ["a1"])) { _ in true }
                }
                #expect(error.sqlstate == "42P01" && !error.outcome.autocommitted)
                #expect(try await TestCluster.execute(url, "SELECT to_regclass('prospects')").value == nil)
            }
        }
    }

    @Test("nothing runs in another database than the configured one")
    func otherDatabase() async throws {
        try await RunnerProject.with { project in
            try project.revision("a1", down: nil, Self.createTable)
            try await TestCluster.withDatabase { url in
                try await TestCluster.withDatabase { other in
                    let error = try await failure { () throws(AlembicError) in
                        try await project.runner(other).migrate(run(expecting: ["a1"])) {
                            try await holds(fence, in: url, $0)
                        }
                    }
                    #expect(error.code == .wrongDatabase)
                    #expect(try await TestCluster.execute(other, "SELECT to_regclass('alembic_version')").value == nil)
                }
            }
        }
    }

    @Test(
        "other rows, other revisions or another version table than expected: nothing runs",
        arguments: ["", "transaction_per_migration=True"])
    func disagreements(arguments: String) async throws {
        try await RunnerProject.with(environment: RunnerProject.environment(arguments: arguments)) { project in
            try project.revision("a1", down: nil, Self.createTable)
            try project.revision("b2", down: "a1", "pass")
            try await TestCluster.withDatabase { url in
                let cases: [(MigrationRun, AlembicError.Code)] = [
                    (run(rows: ["a1"], expecting: ["b2"]), .precondition),
                    (run(expecting: ["a1"]), .graphDisagrees),
                    (run(["a1"], expecting: ["a1", "b2"]), .graphDisagrees),
                    (
                        run(expecting: ["a1", "b2"]) { $0.versionTable = .init(resolvedSchema: "elsewhere") },
                        .precondition
                    ),
                ]
                for (run, code) in cases {
                    let error = try await failure { () throws(AlembicError) in
                        try await project.runner(url).migrate(run) { _ in true }
                    }
                    #expect(error.code == code)
                    let left = "SELECT coalesce(to_regclass('prospects'), to_regclass('alembic_version'))"
                    #expect(try await TestCluster.execute(url, left).value == nil)
                }
            }
        }
    }

    @Test(
        "the error has the server's detail, but no whole row",
        arguments: ["psycopg", "psycopg2", "asyncpg"],
        [
            (
                "CREATE UNIQUE INDEX one ON people (email)", "23505",
                "could not create unique index \"one\". Key (email)=(ann@x.org) is duplicated."
            ),
            (
                "INSERT INTO people (secret) VALUES (NULL)", "23502",
                "null value in column \"secret\" of relation \"people\" violates not-null constraint"
            ),
        ])
    func detail(driver: String, failure expected: (statement: String, sqlstate: String, message: String)) async throws {
        let environment = driver == "asyncpg" ? RunnerProject.asynchronous : RunnerProject.environment()
        try await RunnerProject.with(environment: environment) { project in
            try project.revision("a1", down: nil, "op.execute('\(expected.statement)')")
            try await TestCluster.withDatabase { url in
                try await TestCluster.execute(
                    url, "CREATE TABLE people (email text, secret text NOT NULL)",
                    "INSERT INTO people VALUES ('ann@x.org', 's'), ('ann@x.org', 's')")
                let error = try await failure { () throws(AlembicError) in
                    try await project.runner(url, driver: driver).migrate(run(expecting: ["a1"])) { _ in true }
                }
                #expect(error.sqlstate == expected.sqlstate)
                #expect(error.message == expected.message)
            }
        }
    }

    @Test("runs the bytes that were hashed, or nothing")
    func hashes() async throws {
        try await RunnerProject.with { project in
            let first = try project.revision("a1", down: nil, Self.createTable)
            let second = try project.revision("b2", down: "a1", "op.execute('CREATE TABLE old_name (a int)')")
            // As in an image with fixed times: the bytecode belongs to another source.
            try await project.makeStale("migrations/versions/b2.py", replacing: "old_name", with: "new_name")
            let sums = try await Program.run("sha256sum", [first, second]).lines.map { String($0.prefix(64)) }
            try await TestCluster.withDatabase { url in
                let wrong = [
                    [first: sums[0], second: String(repeating: "0", count: 64)], [first: sums[0]],
                ]
                for hashes in wrong {
                    let error = try await failure { () throws(AlembicError) in
                        try await project.runner(url).migrate(
                            run(expecting: ["a1", "b2"]) { $0.sha256 = hashes }
                        ) { _ in true }
                    }
                    #expect(error.code == .changedWhileRunning)
                    #expect(error.message.contains(second))
                    #expect(try await rows(url) == [])
                }
                _ = try await project.runner(url).migrate(
                    run(expecting: ["a1", "b2"]) { $0.sha256 = [first: sums[0], second: sums[1]] }
                ) { _ in true }
                #expect(try await TestCluster.execute(url, "SELECT to_regclass('new_name')").value == "new_name")
                #expect(try await TestCluster.execute(url, "SELECT to_regclass('old_name')").value == nil)
            }
        }
    }

    @Test("several heads, one of them reached through depends_on", arguments: [["heads"], ["b2", "d4"]])
    func severalHeads(targets: [String]) async throws {
        try await RunnerProject.with { project in
            try project.revision("a1", down: nil, Self.createTable)
            try project.revision("b2", down: "a1", "pass")
            try project.revision("c3", down: nil, "pass")
            try project.revision("d4", down: "c3", dependsOn: "a1", "pass")
            try await TestCluster.withDatabase { url in
                let outcome = try await project.runner(url).migrate(
                    run(targets, expecting: ["a1", "b2", "c3", "d4"])
                ) { _ in true }
                #expect(Set(outcome.applied) == ["a1", "b2", "c3", "d4"])
                #expect(try await rows(url) == ["b2", "d4"])
            }
        }
    }

    @Test("waits for a fence that is held, up to a limit")
    func fenceHeld() async throws {
        try await RunnerProject.with { project in
            try project.revision("a1", down: nil, Self.createTable)
            try await TestCluster.withDatabase { url in
                let holder = try await BackgroundProgram(
                    TestPython.interpreter,
                    [
                        "-c",
                        """
                        import sys, time, psycopg
                        connection = psycopg.connect(sys.argv[1], autocommit=True)
                        connection.execute(f"SELECT pg_advisory_lock({sys.argv[2]})")
                        print("held", flush=True)
                        time.sleep(600)
                        """, url, "\(fence)",
                    ])
                try await eventually("the fence is held") { holder.standardOutput.contains("held") }
                let error = try await failure { () throws(AlembicError) in
                    try await project.runner(url).migrate(
                        run(expecting: ["a1"]) { $0.fenceWait = .milliseconds(300) }
                    ) { _ in true }
                }
                #expect(error.code == .fenceHeld)
                #expect(try await rows(url) == [])
                try await holder.kill()
                let outcome = try await project.runner(url).migrate(run(expecting: ["a1"])) { _ in true }
                #expect(outcome.applied == ["a1"])
            }
        }
    }

    @Test("the session has the timeouts, the name and no idle limit")
    func settings() async throws {
        let names = ["lock_timeout", "statement_timeout", "application_name", "idle_session_timeout"]
        try await RunnerProject.with { project in
            try project.revision(
                "a1", down: nil,
                """
                from sqlalchemy import text
                found = [op.get_bind().execute(text("SHOW " + name)).scalar() for name in \(names)]
                raise RuntimeError("; ".join(found))
                """)
            try await TestCluster.withDatabase { url in
                let error = try await failure { () throws(AlembicError) in
                    try await project.runner(url).migrate(
                        run(expecting: ["a1"]) {
                            $0.lockTimeout = "1234ms"
                            $0.statementTimeout = "1h"
                            $0.applicationName = "100% o'clock"
                        }
                    ) { _ in true }
                }
                #expect(error.message == "RuntimeError: 1234ms; 1h; 100% o'clock; 0")
                #expect(error.code == .migrationFailed)
                #expect(error.revision == "a1")
            }
        }
    }
}
