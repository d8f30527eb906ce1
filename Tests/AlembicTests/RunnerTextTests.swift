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

    @Test(
        "words that are no secrets stay",
        arguments: [
            // A driver, users and places are not secret.
            (["DB_ENGINE": "postgres"], #"failed for user "postgres""#, #"failed for user "postgres""#),
            (["DB_USER": "app", "DB_NAME": "orders"], "/srv/app/orders/env.py", "/srv/app/orders/env.py"),
            (["DATABASE_URL": "postgresql://app@db:5432/orders"], "app at db:5432", "app at db:5432"),
            (["SECRET_KEY_FILE": "/run/secrets/key"], "cannot open /run/secrets/key", "cannot open /run/secrets/key"),
            (["TOKEN_TYPE": "bearer", "KEY_COLUMN": "number"], "the bearer's number", "the bearer's number"),
            (
                ["TOKEN_URL": "https://login.example/token"], "https://login.example/token",
                "https://login.example/token"
            ),
            // A password that is also the user's or the database's name is hidden where it is a password.
            (["URL": "postgresql://app:app@db/app"], "/srv/app/env.py of app", "/srv/app/env.py of app"),
            (["URL": "postgresql://app:app@db/app"], "connect postgresql://app:app@db/app", "connect ${URL}"),
            (["U": "postgresql://a:b"], "postgresql://app:app@other/x", "postgresql://app:***@other/x"),
            (["POSTGRES_PASSWORD": "postgres", "POSTGRES_USER": "postgres"], #"user "postgres""#, #"user "postgres""#),
            (["DB_PASSWORD": "password"], "password authentication failed", "password authentication failed"),
            (["DB_PASSWORD": "5432"], "port 5432, line 5432", "port 5432, line 5432"),
            // A short secret or a word is replaced where it stands alone.
            (["DB_PASSWORD": "tiger"], "tigers in /srv/tiger/app, tiger.py", "tigers in /srv/tiger/app, tiger.py"),
            (["DB_PASSWORD": "tiger"], "it was 'tiger'.", "it was '${DB_PASSWORD}'."),
            (["URL": "postgresql://scott:tiger@db/x"], "it was tiger. tiger-lily", "it was ***. tiger-lily"),
            // Any other secret is replaced everywhere, and in the form that a URL needs.
            (["APP_SECRET_KEY": "x7Kq29vZ"], "b'ax7Kq29vZb'", "b'a${APP_SECRET_KEY}b'"),
            (["apiKey": "x7Kq29vZ"], "x7Kq29vZ", "${apiKey}"), (["DBPASS": "x7Kq29vZ"], "x7Kq29vZ", "${DBPASS}"),
            (["DB_PASSWORD_2": "p@ss w/rd9"], "p%40ss+w%2Frd9", "${DB_PASSWORD_2}"),
            (["SIGNING_KEY_V1": "abc/def=="], "abc/def==", "${SIGNING_KEY_V1}"),
            (["PRIVATE_KEY": "-BEGIN-\nMIIEvQIBADANBgkqh\n-END-"], "at MIIEvQIBADANBgkqh", "at ***"),
            // Equal values of other variables do not make a secret public.
            (["MODE": "x7Kq29vZ", "TOKEN": "x7Kq29vZ"], "x7Kq29vZ", "${TOKEN}"),
            // What replaces a secret is not replaced again.
            (["TOKEN": "hunter2-hunter2", "A_KEY": "TOKEN"], "hunter2-hunter2", "${TOKEN}"),
        ] as [([String: String], String, String)])
    func secretsOnly(environment: [String: String], text: String, expected: String) {
        #expect(Redaction(environment: environment)(text) == expected)
    }

    @Test("the password of the database's address is removed, whatever the variable with it is named")
    func addressPassword() {
        let redact = Redaction(environment: ["DB_THIRD": "kGe83hfQ"], passwords: ["kGe83hfQ"])
        #expect(redact("connect with kGe83hfQ") == "connect with ***")
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
