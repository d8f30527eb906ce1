import Testing

@testable import Alembic

@Suite("runner: state machine")
struct RunnerStateMachineTests {
    private func machine(_ environment: [String: String] = [:]) -> RunnerStateMachine {
        RunnerStateMachine(redact: Redaction(environment: environment))
    }

    @Test(
        "a line that is not an event ends the run", arguments: ["", "{}", "nonsense", #"{"event":"unknown"}"#])
    func unreadable(line: String) {
        var machine = machine()
        guard case .failed(let error) = machine.receive(Array(line.utf8)) else {
            Issue.record("it went on")
            return
        }
        #expect(error.code == .runnerLost)
    }

    @Test("what is committed follows from the events")
    func committed() {
        var machine = machine()
        func apply(_ revision: String, committed: Bool) {
            _ = machine.receive(
                Array(#"{"event":"revisionStarted","revision":"\#(revision)","index":1,"total":3}"#.utf8))
            let line =
                #"{"event":"revisionApplied","revision":"\#(revision)","durationMs":1,"committed":\#(committed)}"#
            _ = machine.receive(Array(line.utf8))
        }
        apply("a", committed: false)
        #expect(machine.outcome.committed == [])
        _ = machine.receive(Array(#"{"event":"autocommit","revision":"b"}"#.utf8))
        #expect(machine.outcome.committed == ["a"])
        apply("b", committed: false)
        #expect(machine.outcome.committed == ["a"])
        apply("c", committed: true)
        #expect(machine.outcome.committed == ["a", "b", "c"])
        #expect(machine.outcome.applied == ["a", "b", "c"])
        #expect(machine.error("x").outcome.autocommitted)
    }

    @Test("the run waits before a COMMIT, and before statements that no rollback undoes")
    func confirmed() {
        var machine = machine()
        let lines = [
            #"{"event":"autocommit","revision":"b"}"#,
            #"{"event":"committing","transaction":"18446744073709551615","revisions":["a","b"]}"#,
        ]
        let events = lines.compactMap { line -> RunnerEvent? in
            guard case .confirm(let event) = machine.receive(Array(line.utf8)) else { return nil }
            return event
        }
        #expect(
            events == [
                .autocommit(revision: nil),
                .committing(transaction: "18446744073709551615", revisions: ["a", "b"]),
            ])
    }

    @Test("an error event becomes an error, without secrets")
    func failure() {
        var machine = machine(["TOKEN": "tip-top-secret"])
        _ = machine.receive(Array(#"{"event":"revisionApplied","revision":"a","durationMs":1,"committed":true}"#.utf8))
        let line = """
            {"event":"error","code":"migrationFailed","message":"no tip-top-secret","file":"/p/b.py","line":12,\
            "sqlstate":"42P01","statement":"SELECT 'tip-top-secret'","revision":"b"}
            """
        guard case .failed(let error) = machine.receive(Array(line.utf8)) else {
            Issue.record("it went on")
            return
        }
        #expect(error.code == .migrationFailed && error.statement == "SELECT '${TOKEN}'")
        #expect(error.outcome.committed == ["a"])
        #expect("\(error)" == "revision b: no ${TOKEN} [42P01] (/p/b.py:12)")
    }

    @Test("an error code of another version of the runner is a lost run")
    func unknownCode() {
        var machine = machine()
        guard case .failed(let error) = machine.receive(Array(#"{"event":"error","code":"new","message":"m"}"#.utf8))
        else {
            Issue.record("it went on")
            return
        }
        #expect(error.code == .runnerLost && error.message == "m")
    }

    @Test("statements are shortened, on one line and without secrets")
    func statements() {
        var machine = machine(["TOKEN": "tip-top-secret"])
        _ = machine.receive(Array(#"{"event":"revisionStarted","revision":"a","index":1,"total":1}"#.utf8))
        func event(_ line: String) -> RunnerEvent? {
            guard case .progress(let event) = machine.receive(Array(line.utf8)) else { return nil }
            return event
        }
        let insert = #"{"event":"statement","statement":"INSERT INTO t\n  VALUES ('tip-top-secret')"}"#
        #expect(
            event(insert) == .statementStarted(revision: "a", statement: "INSERT INTO t VALUES ('${TOKEN}')"))
        // The secret begins before the end of what is shown.
        let long = String(repeating: "x", count: 195) + "tip-top-secret"
        guard case .statementStarted(_, let shown) = event(#"{"event":"statement","statement":"\#(long)"}"#) else {
            Issue.record("no statement")
            return
        }
        #expect(shown.count == 200 && !shown.contains("tip") && shown.hasSuffix("…"))
        #expect(
            event(#"{"event":"statementEnded","rows":3,"durationMs":20}"#)
                == .statementEnded(revision: "a", rows: 3, durationMs: 20))
        #expect(
            event(#"{"event":"statementEnded","durationMs":2}"#)
                == .statementEnded(revision: "a", rows: nil, durationMs: 2))
    }

    @Test("results come without secrets")
    func results() {
        var machine = machine(["TOKEN": "tip-top-secret"])
        _ = machine.receive(
            Array(#"{"event":"created","failures":[{"object":"table a","message":"tip-top-secret"}]}"#.utf8))
        _ = machine.receive(
            Array(
                #"{"event":"loaded","scripts":[{"path":"/p/a.py","refusal":"tip-top-secret"}],"files":[],"folders":[]}"#
                    .utf8))
        #expect(machine.creation?.failures.first?.message == "${TOKEN}")
        #expect(machine.loadedScripts?.scripts.first?.refusal == "${TOKEN}")
    }

    @Test("an error of the configuration says where, then what; that of a run says what, then where")
    func descriptions() {
        let configuration = AlembicError(
            .configurationInvalid, "The folder\n'x' does not exist.", file: "/p/alembic.ini", line: 3,
            key: "script_location")
        #expect("\(configuration)" == "/p/alembic.ini:3: script_location: The folder 'x' does not exist.")
        #expect(configuration.isConfigurationError)
        #expect("\(AlembicError(.projectMissing, "No project."))" == "No project.")
        let run = AlembicError(.environmentFailed, "ValueError: no", file: "/p/env.py", line: 2)
        #expect("\(run)" == "ValueError: no (/p/env.py:2)")
        #expect(!run.isConfigurationError)
    }
}
