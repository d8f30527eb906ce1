import Schema
import Synchronization
import Testing

@testable import Alembic

/// What the agent's side of a run does, with a closure in place of the Python process.
@Suite("runner: sessions in memory", .timeLimit(.minutes(1)))
struct RunnerSessionTests {
    private static let connected =
        #"{"event":"connected","dialect":"postgresql","driver":"psycopg","backendPid":7,"driverPid":7,"#
        + #""database":"main","user":"app","isOneOfSeveral":false}"#
    private static let several = connected.replacing("\"isOneOfSeveral\":false", with: "\"isOneOfSeveral\":true")

    private static let description =
        #"{"event":"described","description":{"pythonVersion":"3.11.2","alembicVersion":"1.13.1","#
        + #""sqlalchemyVersion":"2.0.30","versionTable":{"name":"alembic_version","resolvedSchema":"public"},"#
        + #""currentUser":"app","searchPath":"public","visibleSchemas":["public"],"transactionPerMigration":false,"compareType":true,"#
        + #""compareServerDefault":false,"files":["/p/env.py"],"folders":["/p"]}}"#

    private func runner(
        environment: [String: String] = [:], _ process: @escaping @Sendable (InMemoryProcess) async -> Void
    ) -> Runner {
        var runner = Runner(python: "/p/bin/python", folder: "/p", x: ["tenant=a"], environment: environment)
        runner.launcher = InMemoryLauncher(process)
        return runner
    }

    private func run(deadline: TimeLimit? = nil) -> MigrationRun {
        MigrationRun(
            targets: ["heads"], expectedRows: ["a1"], expectedRevisions: ["b2"], fence: 42, lockTimeout: "5s",
            deadline: deadline)
    }

    @Test("a migration sends its configuration, accepts the connection, and reports each event in order")
    func migration() async throws {
        let lines = Mutex<[String]>([])
        let runner = runner(environment: ["DATABASE_URL": "postgresql://app@db/main"]) { process in
            lines.withLock { $0.append("started") }
            let configuration = await process.line()
            process.send(Self.connected)
            let reply = await process.line()
            lines.withLock { $0 += [configuration ?? "", reply ?? ""] }
            process.send(
                #"{"event":"revisionStarted","revision":"b2","index":1,"total":1}"#,
                #"{"event":"autocommit","revision":"b2"}"#,
                #"{"event":"revisionApplied","revision":"b2","durationMs":3,"committed":false}"#,
                #"{"event":"finished"}"#)
            await process.hang()
        }
        let events = Mutex<[RunnerEvent]>([])
        let outcome = try await runner.migrate(run(), prove: { $0.backendPid == 7 }) { event in
            events.withLock { $0.append(event) }
        }
        #expect(outcome.applied == ["b2"] && outcome.committed == ["b2"] && outcome.autocommitted)
        let seen = events.withLock { $0 }
        try #require(seen.count == 4)
        guard case .connected(let report) = seen[0] else {
            Issue.record("the first event is \(seen[0])")
            return
        }
        #expect(report.database == "main")
        #expect(
            Array(seen.dropFirst()) == [
                .revisionStarted(revision: "b2", index: 1, total: 1), .autocommit(revision: "b2"),
                .revisionApplied(revision: "b2", durationMs: 3, committed: false),
            ])
        let received = lines.withLock { $0 }
        #expect(received.first == "started" && received.last == "proceed")
        for member in [
            #""mode":"migrate""#, #""folder":"\/p""#, #""x":["tenant=a"]"#, #""fence":42"#, #""lock_timeout":"5s""#,
            #""expectedRows":["a1"]"#, #""DATABASE_URL""#,
        ] {
            #expect(received[1].contains(member), "\(member) is missing in \(received[1])")
        }
    }

    /// What the agent could not record must not happen.
    @Test("a COMMIT whose event is refused is never sent")
    func refusedCommit() async throws {
        struct Refusal: Error, CustomStringConvertible { let description = "the lock is lost" }
        let replies = Mutex<[String?]>([])
        let runner = runner { process in
            _ = await process.line()
            process.send(
                #"{"event":"committing","transaction":"7","revisions":["b2"]}"#,
                #"{"event":"committing","transaction":"8","revisions":[]}"#)
            while let reply = await process.line() { replies.withLock { $0.append(reply) } }
        }
        let error = await #expect(throws: AlembicError.self) {
            try await runner.migrate(run(), prove: { _ in true }) { event in
                if event == .committing(transaction: "8", revisions: []) { throw Refusal() }
            }
        }
        #expect(error?.code == .unproven && error?.message == "the lock is lost")
        #expect(replies.withLock { $0 } == ["proceed"])
    }

    @Test("a connection to another database is refused before the process gets a reply")
    func wrongDatabase() async throws {
        let reply = Mutex<String?>("none yet")
        let runner = runner { process in
            _ = await process.line()
            process.send(Self.connected)
            let line = await process.line()
            reply.withLock { $0 = line }
        }
        let error = try await failure { () throws(AlembicError) in
            try await runner.describe(nonce: 1) { _ in false }
        }
        #expect(error.code == .wrongDatabase && error.message.contains("database \"main\""))
        #expect(error.connection?.backendPid == 7)
        #expect(reply.withLock { $0 } == nil, "the process is ended without a reply")
    }

    @Test("another database of the same project may be read, and is named when no other was opened")
    func foreignDatabase() async throws {
        let runner = runner { process in
            _ = await process.line()
            process.send(Self.several)
            guard await process.line() == "foreign" else { return }
            process.send(#"{"event":"error","code":"project.wrongDatabase","message":"others only"}"#)
            await process.hang()
        }
        let error = try await failure { () throws(AlembicError) in
            try await runner.describe(nonce: 1) { _ in false }
        }
        #expect(error.code == .wrongDatabase && error.message.contains("database \"main\""))
        #expect(error.connection?.database == "main")
    }

    @Test(
        "connections that cannot be proven are refused without asking for a proof",
        arguments: [
            (connected.replacing("\"driverPid\":7", with: "\"driverPid\":8"), AlembicError.Code.pooler),
            (#"{"event":"connected","dialect":"sqlite","driver":"sqlite3"}"#, .wrongDatabase),
            (#"{"event":"connected","dialect":"sqlite","driver":"sqlite3","isOneOfSeveral":true}"#, .wrongDatabase),
        ])
    func unprovable(line: String, code: AlembicError.Code) async throws {
        let runner = runner { process in
            _ = await process.line()
            process.send(line)
            await process.hang()
        }
        let asked = Mutex(false)
        let error = try await failure { () throws(AlembicError) in
            try await runner.describe(nonce: 1) { _ in
                asked.withLock { $0 = true }
                return true
            }
        }
        #expect(error.code == code && !asked.withLock { $0 })
    }

    @Test("an error of the proof ends the run, without secrets")
    func failingProof() async throws {
        struct Unreachable: Error, CustomStringConvertible {
            let description = "no route to postgresql://app:tip-top@db/main"
        }
        let runner = runner(environment: ["DATABASE_URL": "postgresql://app:tip-top@db/main"]) { process in
            _ = await process.line()
            process.send(Self.connected)
            await process.hang()
        }
        let error = try await failure { () throws(AlembicError) in
            try await runner.describe(nonce: 1) { _ in throw Unreachable() }
        }
        #expect(error.code == .unproven && error.message.contains("no route to ${DATABASE_URL}"))
    }

    @Test("a replay waits after each revision")
    func replay() async throws {
        let replies = Mutex<[String?]>([])
        let runner = runner { process in
            _ = await process.line()
            for revision in ["a1", "b2"] {
                process.send(
                    #"{"event":"revisionApplied","revision":"\#(revision)","durationMs":1,"committed":false}"#,
                    #"{"event":"replayed","revision":"\#(revision)"}"#)
                let reply = await process.line()
                replies.withLock { $0.append(reply) }
            }
            process.send(
                #"{"event":"replayEnded","hiddenTables":[{"schema":"public","name":"spatial_ref_sys"}],"observers":["b2"]}"#,
                #"{"event":"finished"}"#)
        }
        let seen = Mutex<[String]>([])
        let replay = try await runner.replay(
            to: ["heads"], nonce: 1, deadline: .seconds(30), prove: { _ in true }
        ) { revision in
            #expect(replies.withLock { $0.count } == (revision == "a1" ? 0 : 1))
            seen.withLock { $0.append(revision) }
        }
        #expect(replay.applied == ["a1", "b2"] && replay.hiddenTables.map(\.name) == ["spatial_ref_sys"])
        #expect(replay.observers == ["b2"])
        #expect(seen.withLock { $0 } == ["a1", "b2"] && replies.withLock { $0 } == ["proceed", "proceed"])
    }

    @Test("an error after a revision ends the replay, with what was applied")
    func failingReplay() async throws {
        struct Full: Error {}
        let runner = runner { process in
            _ = await process.line()
            process.send(
                #"{"event":"revisionApplied","revision":"a1","durationMs":1,"committed":true}"#,
                #"{"event":"replayed","revision":"a1"}"#)
            await process.hang()
        }
        let error = try await failure { () throws(AlembicError) in
            try await runner.replay(to: ["heads"], nonce: 1, deadline: .seconds(30), prove: { _ in true }) { _ in
                throw Full()
            }
        }
        #expect(error.code == .unproven && error.outcome.applied == ["a1"] && error.message.contains("Full"))
    }

    @Test("a run that takes too long is ended, and its output is kept without secrets")
    func deadline() async throws {
        let runner = runner(environment: ["TOKEN": "tip-top-secret"]) { process in
            process.write("connecting with tip-top-secret\n")
            _ = await process.line()
            process.send(#"{"event":"revisionStarted","revision":"b2","index":1,"total":1}"#)
            await process.hang()
        }
        let error = try await failure { () throws(AlembicError) in
            try await runner.migrate(run(deadline: .milliseconds(200)), prove: { _ in true })
        }
        #expect(error.code == .deadlineExceeded && error.revision == "b2")
        #expect(error.message.contains("0.2 seconds"))
        #expect(error.outputTail == "connecting with ${TOKEN}\n")
    }

    @Test("cancelling ends the process")
    func cancellation() async throws {
        let (started, continuation) = AsyncStream<Void>.makeStream()
        let runner = runner { process in
            _ = await process.line()
            continuation.finish()
            await process.hang()
        }
        let task = Task {
            try await failure { () throws(AlembicError) in try await runner.describe(nonce: 1) { _ in true } }
        }
        for await _ in started {}
        task.cancel()
        #expect(try await task.value.code == .cancelled)
    }

    @Test("a process that ends without a last event is lost, with what it had done")
    func lost() async throws {
        let runner = runner { process in
            _ = await process.line()
            process.send(
                #"{"event":"revisionApplied","revision":"a1","durationMs":1,"committed":true}"#,
                #"{"event":"revisionStarted","revision":"b2","index":2,"total":2}"#)
            process.write("Segmentation fault\n")
        }
        let error = try await failure { () throws(AlembicError) in
            try await runner.migrate(run(), prove: { _ in true })
        }
        #expect(error.code == .runnerLost && error.revision == "b2" && error.message.contains("without a result"))
        #expect(error.outcome.committed == ["a1"] && error.outputTail == "Segmentation fault\n")
    }

    @Test("a process that ends at once, or writes something else, is lost")
    func noRunner() async throws {
        for text in [nil, "Usage: python [option]", #"{"event":"surprise"}"#] {
            let runner = runner { process in
                if let text { process.send(text) }
            }
            let error = try await failure { () throws(AlembicError) in
                try await runner.describe(nonce: 1) { _ in true }
            }
            #expect(error.code == .runnerLost, "\(text ?? "nothing")")
        }
    }

    @Test("events after the last one do not count, and each mode needs its own result")
    func lastEvent() async throws {
        let described = runner { process in
            _ = await process.line()
            process.send(
                Self.description, #"{"event":"finished"}"#, #"{"event":"error","code":"runnerLost","message":"late"}"#)
            await process.hang()
        }
        let description = try await described.describe(nonce: 1) { _ in true }
        #expect(description.versionTable.resolvedSchema == "public" && description.files == ["/p/env.py"])
        let create = try await failure { () throws(AlembicError) in
            try await described.create(extensions: [], nonce: 1, deadline: .seconds(30)) { _ in true }
        }
        #expect(create.code == .runnerLost && create.message.contains("created"))
        let load = try await failure { () throws(AlembicError) in try await described.load([]) }
        #expect(load.code == .runnerLost && load.message.contains("scripts"))
    }
}
