import Testing

@testable import Alembic

@Suite("runner: texts and lines")
struct RunnerTextTests {
    static let environment = [
        "DATABASE_URL": "postgresql+asyncpg://app:p%40ss%2Fword@db:5432/orders", "TOKEN": "abcdefgh", "DEBUG": "1",
        "LEGACY": "host=db password='two words' user=app",
    ]

    @Test(
        "secrets are removed, other text stays",
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

    @Test("lines are whole, whatever the sizes of the pieces", arguments: 1...7)
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

    @Test("a line beyond the limit ends the splitting")
    func endlessLine() {
        var splitter = LineSplitter(limit: 10)
        for _ in 0..<3 { _ = splitter.append(Array("12345".utf8)) }
        #expect(splitter.overflowed)
        #expect(splitter.append(Array("\nnext\n".utf8)).isEmpty)
    }

    @Test("the tail is the end, in whole lines")
    func tail() {
        var tail = OutputTail(limit: 20)
        #expect(tail.text == "")
        for number in 1...1000 { tail.append(Array("line \(number)\n".utf8)) }
        #expect(tail.text == "line 999\nline 1000\n")
    }

    @Test("a pooler is detected by the backend's process id")
    func pooler() {
        #expect(ConnectionReport(dialect: "postgresql", driver: "psycopg", backendPid: 7, driverPid: 8).isPooled)
        #expect(!ConnectionReport(dialect: "postgresql", driver: "psycopg", backendPid: 7, driverPid: 7).isPooled)
        #expect(!ConnectionReport(dialect: "postgresql", driver: "other", backendPid: 7).isPooled)
    }
}
