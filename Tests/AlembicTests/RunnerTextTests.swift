import Testing

@testable import Alembic

@Suite("runner: texts and lines")
struct RunnerTextTests {
    static let environment = [
        "DATABASE_URL": "postgresql+asyncpg://app:p%40ss%2Fword@db:5432/orders", "TOKEN": "abcdefgh", "DEBUG": "1",
        "LEGACY": "host=db password='two words' user=app",
    ]

    @Test(
        "secrets vanish, the rest stays",
        arguments: [
            ("token abcdefgh!", "token ${TOKEN}!"),
            ("1 row, 1 error", "1 row, 1 error"),
            ("connect postgresql+asyncpg://app:p%40ss%2Fword@db:5432/orders", "connect ${DATABASE_URL}"),
            ("connect postgresql://app:p%40ss%2Fword@db:5432/other", "connect postgresql://app:***@db:5432/other"),
            ("password is p@ss/word", "password is ***"),
            ("it was two words", "it was ***"),
            ("redis://:hunter22@cache:6379/0", "redis://:***@cache:6379/0"),
            ("CREATE ROLE a PASSWORD 'it''s' LOGIN", "CREATE ROLE a PASSWORD '***' LOGIN"),
            ("http://host:8080/path a@b", "http://host:8080/path a@b"),
        ])
    func redaction(text: String, expected: String) {
        #expect(Redaction(environment: Self.environment)(text) == expected)
    }

    @Test("lines come out whole, however the bytes come in", arguments: 1...7)
    func lines(size: Int) {
        var splitter = LineSplitter(limit: 100)
        let bytes = Array("one\n\ntwo\nrest".utf8)
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            let piece = Array(bytes[start..<min(start + size, bytes.count)])
            lines += splitter.append(piece).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(lines == ["one", "", "two"])
        #expect(!splitter.overflowed)
    }

    @Test("a line without end is given up")
    func endlessLine() {
        var splitter = LineSplitter(limit: 10)
        for _ in 0..<3 { _ = splitter.append(Array("12345".utf8)) }
        #expect(splitter.overflowed)
        #expect(splitter.append(Array("\nnext\n".utf8)).isEmpty)
    }

    @Test("the tail is the end, in whole lines")
    func tail() {
        var tail = Tail(limit: 20)
        #expect(tail.text == "")
        for number in 1...1000 { tail.append(Array("line \(number)\n".utf8)) }
        #expect(tail.text == "line 999\nline 1000\n")
    }

    @Test("a pooler shows in the backend's number")
    func pooler() {
        #expect(ConnectionReport(dialect: "postgresql", driver: "psycopg", backendPid: 7, driverPid: 8).isPooled)
        #expect(!ConnectionReport(dialect: "postgresql", driver: "psycopg", backendPid: 7, driverPid: 7).isPooled)
        #expect(!ConnectionReport(dialect: "postgresql", driver: "other", backendPid: 7).isPooled)
    }

    @Test(
        "a line that is not an event ends the conversation", arguments: ["", "{}", "nonsense", #"{"event":"unknown"}"#])
    func unreadable(line: String) {
        var conversation = Conversation(redact: Redaction(environment: [:]))
        guard case .failed(let error) = conversation.receive(Array(line.utf8)) else {
            Issue.record("it went on")
            return
        }
        #expect(error.code == .runnerLost)
    }

    @Test("what is committed follows from the events")
    func committed() {
        var conversation = Conversation(redact: Redaction(environment: [:]))
        func apply(_ revision: String, committed: Bool) {
            _ = conversation.receive(
                Array(#"{"event":"revisionStarted","revision":"\#(revision)","index":1,"total":3}"#.utf8))
            let line =
                #"{"event":"revisionApplied","revision":"\#(revision)","durationMs":1,"committed":\#(committed)}"#
            _ = conversation.receive(Array(line.utf8))
        }
        apply("a", committed: false)
        #expect(conversation.outcome.committed == [])
        _ = conversation.receive(Array(#"{"event":"autocommit","revision":"b"}"#.utf8))
        #expect(conversation.outcome.committed == ["a"])
        apply("b", committed: false)
        #expect(conversation.outcome.committed == ["a"])
        apply("c", committed: true)
        #expect(conversation.outcome.committed == ["a", "b", "c"])
        #expect(conversation.outcome.applied == ["a", "b", "c"])
        #expect(conversation.lost("x").outcome.autocommitted)
    }
}
