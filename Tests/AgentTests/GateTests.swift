import Journal
import KeyFiles
import Testing
import Tokens
import Wire

@testable import Agent

/// The policy: socket, peer, scope and database must all permit a request.
@Suite struct GateTests {
    private static let now: Int64 = 1_767_225_600
    private static let me = Peer(uid: 1000, gid: 1000, pid: 7)
    private static let body = Array("{\"id\":\"1\",\"command\":\"status\"}".utf8)

    private static func key(_ kid: String, _ scopes: [Scope] = [.read], _ more: [String] = []) throws -> String {
        let secret = KeySecret.text(UInt8(kid.utf8.reduce(0, &+)))
        let lines =
            [
                "[[key]]", "kid = \"\(kid)\"", "secret = \"\(secret)\"",
                "scopes = [\(scopes.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))]",
            ] + more
        return lines.joined(separator: "\n") + "\n"
    }

    private static func ring() throws -> KeyRing {
        let text =
            try key("all", Scope.allCases) + key("reader") + key("migrator", [.migrate])
            + key("main", Scope.allCases, ["databases = [\"main\"]"]) + key("mine", Scope.allCases, ["uids = [1000]"])
            + key("group", Scope.allCases, ["gids = [50]"]) + key("nobody", Scope.allCases, ["uids = [65534]"])
            + key("old", Scope.allCases, ["not_after = \"2020-01-01T00:00:00Z\""])
        return try KeyRing(parsing: Array(text.utf8), scopes: Set(Scope.allCases.map(\.rawValue)))
    }

    private static func admit(
        _ kid: String?, peer: Peer = me, socket: SocketRole = .admin, audience: String = "tests", shift: Int64 = 0
    ) throws -> Principal {
        let ring = try ring()
        let record = ring.records.first { $0.kid == kid }
        let token = record.map { Token.mint(key: $0, audience: audience, body: body, now: now + shift) } ?? []
        return try Gate(ring: ring, audience: "tests").admit(
            Frame(.request, token: token, body: body), peer: peer, role: socket, now: now)
    }

    private static func code(_ body: () throws -> Void) -> ErrorCode? {
        do {
            try body()
            return nil
        } catch {
            return (error as? WireError)?.code
        }
    }

    struct Case: Sendable {
        var socket: SocketRole, key: String?, scope: Scope, database: String?, expected: ErrorCode?
    }

    static let cases: [Case] = [
        // The admin socket always requires a token.
        Case(socket: .admin, key: nil, scope: .read, expected: .unauthenticated),
        Case(socket: .admin, key: "all", scope: .migrate, expected: nil),
        Case(socket: .admin, key: "all", scope: .admin, expected: nil),
        // No scope implies another.
        Case(socket: .admin, key: "reader", scope: .read, expected: nil),
        Case(socket: .admin, key: "reader", scope: .plan, expected: .forbidden),
        Case(socket: .admin, key: "migrator", scope: .migrate, expected: nil),
        Case(socket: .admin, key: "migrator", scope: .read, expected: .forbidden),
        // The query socket serves reads only, with any key.
        Case(socket: .query, key: nil, scope: .read, expected: nil),
        Case(socket: .query, key: "all", scope: .read, expected: nil),
        Case(socket: .query, key: nil, scope: .migrate, expected: .forbidden),
        Case(socket: .query, key: "all", scope: .migrate, expected: .forbidden),
        Case(socket: .query, key: "migrator", scope: .read, expected: .forbidden),
        // A key's databases.
        Case(socket: .admin, key: "main", scope: .read, database: "main", expected: nil),
        Case(socket: .admin, key: "main", scope: .read, database: "other", expected: .forbidden),
        Case(socket: .query, key: "main", scope: .read, database: "other", expected: .forbidden),
        Case(socket: .query, key: nil, scope: .read, database: "other", expected: nil),
        // An expired key is not accepted.
        Case(socket: .admin, key: "old", scope: .read, expected: .unauthenticated),
    ]

    @Test(arguments: cases) func policy(_ entry: Case) {
        #expect(
            Self.code {
                try Self.admit(entry.key, socket: entry.socket).authorize(
                    entry.scope, database: entry.database, socket: entry.socket)
            } == entry.expected)
    }

    @Test(
        arguments: [
            ("mine", 1000, 1000, nil), ("mine", 1001, 1000, .forbidden), ("mine", 0, 0, .forbidden),
            ("group", 1000, 50, nil), ("group", 1000, 51, .forbidden), ("all", 4711, 1, nil),
            // The overflow uid represents users of other namespaces and matches no key.
            ("nobody", 65_534, 65_534, .forbidden), ("all", 65_534, 65_534, nil),
        ] as [(String, UInt32, UInt32, ErrorCode?)])
    func peers(kid: String, uid: UInt32, gid: UInt32, expected: ErrorCode?) {
        #expect(Self.code { _ = try Self.admit(kid, peer: Peer(uid: uid, gid: gid, pid: 7)) } == expected)
    }

    @Test(arguments: [(65_534, 7), (1000, 0), (0, 0)] as [(UInt32, Int32)])
    func unknownPeersNeedAToken(uid: UInt32, pid: Int32) {
        let peer = Peer(uid: uid, gid: uid, pid: pid)
        #expect(Self.code { _ = try Self.admit(nil, peer: peer, socket: .query) } == .unauthenticated)
        #expect(Self.code { _ = try Self.admit("reader", peer: peer, socket: .query) } == nil)
    }

    /// Who may run an env.py that has failed again at once: not those who may only read.
    @Test func retries() throws {
        #expect(try !Self.admit(nil, socket: .query).mayRetry)
        #expect(try !Self.admit("reader").mayRetry && !Self.admit("reader", socket: .query).mayRetry)
        #expect(try Self.admit("all").mayRetry && Self.admit("migrator").mayRetry)
    }

    @Test func tokens() throws {
        #expect(Self.code { _ = try Self.admit("all", audience: "other") } == .unauthenticated)
        #expect(Self.code { _ = try Self.admit("all", shift: -61) } == .tokenExpired)
        #expect(Self.code { _ = try Self.admit("all", shift: 6) } == .unauthenticated)
        let principal = try Self.admit("main", shift: 5)
        #expect(principal.name == "main")
        #expect(principal.permits(database: "main") && !principal.permits(database: "other"))
        #expect(principal.claim?.issuedAt == Self.now + 5)
        // A peer without a token has no nonce and is named by its uid.
        let peer = try Self.admit(nil, socket: .query)
        #expect(peer.name == "uid:1000")
        #expect(peer.claim == nil)
        #expect(Scope.allCases.filter(peer.permits) == [.read])
        // On the query socket an invalid token is refused, a missing one is not.
        #expect(Self.code { _ = try Self.admit("all", socket: .query, audience: "other") } == .unauthenticated)
    }
}

extension GateTests.Case {
    init(socket: SocketRole, key: String?, scope: Scope, expected: ErrorCode?) {
        self.init(socket: socket, key: key, scope: scope, database: nil, expected: expected)
    }
}

private enum KeySecret {
    /// A key's secret of 32 bytes of the same value; 43 characters and no padding.
    static func text(_ byte: UInt8) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        let bytes = [UInt8](repeating: byte, count: 32) + [0]
        var text: [UInt8] = []
        for start in stride(from: 0, to: 33, by: 3) {
            let word = UInt32(bytes[start]) << 16 | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2])
            text += [18, 12, 6, 0].map { alphabet[Int(word >> $0 & 63)] }
        }
        return "sdk_" + String(decoding: text.dropLast(), as: UTF8.self)
    }
}
