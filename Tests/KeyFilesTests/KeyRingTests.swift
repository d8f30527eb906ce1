import KeyFiles
import Testing
import Tokens

/// Keys for tests.
enum TestKeys {
    static let scopes: Set<String> = ["read", "plan", "repair", "migrate", "admin"]

    static func text(kid: String, secret: [UInt8], more: String = "") -> String {
        "[[key]]\nkid = \"\(kid)\"\nsecret = \"sdk_\(Base64URL.encode(secret))\"\nscopes = [\"read\"]\n\(more)\n"
    }

    static func ring(_ text: String) throws -> KeyRing {
        try KeyRing(parsing: Array(text.utf8), scopes: scopes)
    }
}

@Suite struct KeyRingTests {
    private static let secret = "sdk_\(Base64URL.encode(Array(0..<32)))"
    private static let other = "sdk_\(Base64URL.encode(Array(1..<33)))"

    @Test func aFullRecord() throws {
        let ring = try TestKeys.ring(
            """
            # deploy pipeline
            [[key]]
            kid = "deploy1"
            secret = "\(Self.secret)"
            scopes = ["read", "migrate"]
            databases = ["main"]
            uids = [0, 1001]
            gids = [50]
            not_before = 2026-01-01T00:00:00Z
            not_after = 2027-01-01T00:00:00+02:00

            [[key]]
            kid = "reader"
            secret = "\(Self.other)"
            scopes = ["read"]
            """)
        #expect(ring.kids == ["deploy1", "reader"])
        let key = ring.records[0]
        #expect(key.permits(scope: "migrate") && !key.permits(scope: "admin") && !key.permits(scope: "plan"))
        #expect(key.permits(database: "main") && !key.permits(database: "Main"))
        #expect(key.permits(uid: 1001, gid: 50) && !key.permits(uid: 1002, gid: 50) && !key.permits(uid: 0, gid: 51))
        #expect(key.notBefore == 1_767_225_600)
        #expect(key.notAfter == 1_798_754_400)
        let reader = ring.records[1]
        #expect(reader.permits(database: "any") && reader.permits(uid: 7, gid: 7) && reader.isValid(at: 0))
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let text: String, says: String, line: Int?
        var testDescription: String { says }
    }

    /// `SECRET` and `OTHER` are replaced with good secrets.
    private static let good = "[[key]]\nkid = \"a\"\nsecret = \"SECRET\"\nscopes = [\"read\"]"

    static let bad: [Bad] = [
        Bad(text: "", says: "no [[key]] table", line: nil),
        Bad(text: "key = 1", says: "'key' must be an array of tables", line: 1),
        Bad(text: "key = [1]", says: "a table in the array", line: 1),
        Bad(text: "[key]\nkid = \"a\"", says: "'key' must be an array of tables", line: 1),
        Bad(text: "[[key]]\nkid = ", says: "not valid TOML", line: 2),
        Bad(text: "[[key]]\nkid = \"a\"\nkid = \"b\"", says: "not valid TOML", line: 3),
        Bad(
            text: "audience = \"x\"\n" + good,
            says: "'audience'", line: 1),
        Bad(
            text: good + "\nscope = 1", says: "'scope'", line: 5),
        Bad(text: "[[key]]\nsecret = \"SECRET\"\nscopes = [\"read\"]", says: "'kid'", line: 1),
        Bad(text: "[[key]]\nkid = \"\"\nsecret = \"SECRET\"\nscopes = [\"read\"]", says: "'kid'", line: 2),
        Bad(text: "[[key]]\nkid = \"A\"\nsecret = \"SECRET\"\nscopes = [\"read\"]", says: "'kid'", line: 2),
        Bad(text: "[[key]]\nkid = 1\nsecret = \"SECRET\"\nscopes = [\"read\"]", says: "'kid'", line: 2),
        Bad(text: "[[key]]\nkid = \"a\"\nscopes = [\"read\"]", says: "'secret'", line: 1),
        Bad(text: "[[key]]\nkid = \"a\"\nsecret = \"\"\nscopes = [\"read\"]", says: "'secret'", line: 3),
        Bad(text: "[[key]]\nkid = \"a\"\nsecret = \"sdk_\"\nscopes = [\"read\"]", says: "0 bytes", line: 3),
        Bad(text: "[[key]]\nkid = \"a\"\nsecret = \"sdk_AAAA\"\nscopes = [\"read\"]", says: "3 bytes", line: 3),
        Bad(text: "[[key]]\nkid = \"a\"\nsecret = \"SECRET=\"\nscopes = [\"read\"]", says: "'secret'", line: 3),
        Bad(text: "[[key]]\nkid = \"a\"\nsecret = \"SECRET+A\"\nscopes = [\"read\"]", says: "'secret'", line: 3),
        Bad(text: "[[key]]\nkid = \"a\"\nsecret = \"SECRET\"", says: "'scopes'", line: 1),
        Bad(text: "[[key]]\nkid = \"a\"\nsecret = \"SECRET\"\nscopes = []", says: "'scopes'", line: 4),
        Bad(text: "[[key]]\nkid = \"a\"\nsecret = \"SECRET\"\nscopes = \"read\"", says: "'scopes'", line: 4),
        Bad(text: "[[key]]\nkid = \"a\"\nsecret = \"SECRET\"\nscopes = [\"write\"]", says: "'write'", line: 4),
        Bad(
            text: good + "\nuids = [-1]", says: "'uids'", line: 5
        ),
        Bad(
            text: good + "\nuids = [\"0\"]", says: "'uids'",
            line: 5),
        Bad(
            text: good + "\ndatabases = [1]",
            says: "'databases'", line: 5),
        Bad(
            text: good + "\nnot_after = 2027-01-01",
            says: "'not_after'", line: 5),
        Bad(
            text: good + "\nnot_after = 2027-01-01T00:00:00",
            says: "'not_after'", line: 5),
        Bad(
            text: good + "\nnot_after = \"soon\"",
            says: "'not_after'", line: 5),
        Bad(
            text:
                good + "\n[[key]]\nkid = \"a\"\nsecret = \"OTHER\"\nscopes = [\"read\"]",
            says: "'kid' is used twice", line: 6),
        Bad(
            text:
                good + "\n[[key]]\nkid = \"b\"\nsecret = \"SECRET\"\nscopes = [\"read\"]",
            says: "'secret' is used twice", line: 7),
        Bad(text: "[[key]]\u{0}", says: "not a UTF-8 text", line: nil),
    ]

    @Test(arguments: bad) func refused(_ bad: Bad) {
        let text = bad.text.split(separator: "SECRET", omittingEmptySubsequences: false).joined(separator: Self.secret)
            .split(separator: "OTHER", omittingEmptySubsequences: false).joined(separator: Self.other)
        #expect {
            try TestKeys.ring(text)
        } throws: {
            guard let error = $0 as? KeyFilesError else { return false }
            let shown = error.description
            return error.message.contains(bad.says) && error.line == bad.line
                && !shown.contains(Self.secret.dropFirst(4))
        }
    }

    /// A syntax error inside a secret must not copy the secret into a message.
    @Test(arguments: ["secret = \"%", "secret = %", "secret = \"%\" x", "secret = \"%\\q\""])
    func noMessageQuotesTheFile(_ line: String) {
        let secret = "sdk_SuperSecretSuperSecretSuperSecretSuperSecre"
        let text =
            "[[key]]\nkid = \"a\"\n"
            + line.split(separator: "%", omittingEmptySubsequences: false).joined(separator: secret)
        #expect { try TestKeys.ring(text) } throws: { !"\($0)".contains("Super") && "\($0)".contains("line ") }
    }

    @Test func recordsDoNotPrintTheirSecrets() throws {
        let ring = try TestKeys.ring(TestKeys.text(kid: "a", secret: Array(repeating: 0x41, count: 32)))
        var dumped = ""
        dump(ring, to: &dumped)
        for form in [Base64URL.encode(Array(repeating: 0x41, count: 32)), "65, 65", "AAAA"] {
            #expect(!"\(ring)".contains(form) && !dumped.contains(form) && !String(reflecting: ring).contains(form))
        }
    }

    @Test func aNewRecordCanBeRead() throws {
        let text = try KeyFile.newRecord(
            kid: "deploy1", scopes: ["read", "migrate"], databases: ["m\"\\\u{1}\u{7F}é"], uids: [1001], gids: [7],
            notBefore: "2026-01-01T00:00:00Z", notAfter: "2027-01-01T00:00:00Z", knownScopes: TestKeys.scopes)
        let key = try KeyRing.single(parsing: Array(text.utf8), scopes: TestKeys.scopes)
        #expect(key.databases == ["m\"\\\u{1}\u{7F}é"])
        #expect(key.uids == [1001] && key.gids == [7])
        let again = try KeyFile.newRecord(kid: "deploy1", scopes: ["read"], knownScopes: TestKeys.scopes)
        #expect(!again.contains(text.split(separator: "\n")[2]))
    }

    @Test(arguments: [("Deploy", ["read"]), ("a", []), ("a", ["write"])] as [(String, [String])])
    func aBadNewRecordIsRefused(_ kid: String, _ scopes: [String]) {
        #expect(throws: KeyFilesError.self) {
            try KeyFile.newRecord(kid: kid, scopes: scopes, knownScopes: TestKeys.scopes)
        }
    }

    @Test func timesHaveTwoForms() throws {
        let more = "not_before = 1970-01-01T00:16:40Z\nnot_after = \"1970-01-01T01:16:50+01:00\""
        let key = try TestKeys.ring(TestKeys.text(kid: "k", secret: Array(0..<32), more: more)).records[0]
        #expect(key.notBefore == 1000 && key.notAfter == 1010)
    }

    @Test func aClientsFileHoldsOneKey() throws {
        let two = TestKeys.text(kid: "a", secret: Array(0..<32)) + TestKeys.text(kid: "b", secret: Array(1..<33))
        #expect(throws: KeyFilesError.self) { try KeyRing.single(parsing: Array(two.utf8), scopes: TestKeys.scopes) }
    }
}
