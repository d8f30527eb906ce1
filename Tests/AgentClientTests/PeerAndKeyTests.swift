import Glibc
import KeyFiles
import Support
import Testing
import Tokens
import Wire

@testable import AgentClient

@Suite struct PeerTests {
    @Test(
        arguments: [
            (0, "schemad", true), (geteuid(), "schemad", true), (4_000_000, "4000000", true),
            (4_000_000, "4000001", false),
            (4_000_000, "schemad", false), (4_000_000, "", false), (4_000_000, "no-such-user", false),
            (0, "no-such-user", true),
            (1, "daemon", true), (2, "daemon", false),
        ] as [(UInt32, String, Bool)])
    func usersThatMayBeTheAgent(_ uid: UInt32, _ user: String, _ accepted: Bool) {
        #expect(AgentEndpoint(agentUser: user).accepts(peer: uid) == accepted || uid == geteuid())
    }

    @Test func errorsNameTheNextStep() {
        let wrong = AgentClientError.wrongPeer(socket: "/s", uid: 1234, expected: "schemad")
        #expect(wrong.exitStatus == 77 && wrong.message.contains("1234") && wrong.message.contains("--agent-user"))
        let denied = AgentClientError.permissionDenied(socket: "/s")
        #expect(denied.exitStatus == 77 && !denied.isRetryable && denied.json["code"] == "socketPermissionDenied")
    }
}

@Suite(.timeLimit(.minutes(1))) struct ClientKeyTests {
    private static func record() throws -> String {
        try KeyFile.newRecord(kid: "k", scopes: ["read"], knownScopes: ["read"])
    }

    private func reason(_ path: String) -> String {
        do throws(AgentClientError) {
            return try ClientKey.load(path: path).kid
        } catch {
            return error.exitStatus == 78 ? error.message : "other error"
        }
    }

    @Test(
        arguments: [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o700, false)] as [(mode_t, Bool)])
    func modes(_ mode: mode_t, _ isGood: Bool) async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("key", Self.record(), mode: Int(mode))
            let reason = reason(folder.path("key"))
            #expect(isGood ? reason == "k" : reason.contains("0600 or 0400"))
        }
    }

    @Test func unusableKeyFiles() async throws {
        try await TemporaryFolder.with { folder in
            let key = folder.path("key")
            #expect(reason(key).contains("no such file"))
            #expect(reason(folder.path).contains("not a regular file"))
            // A FIFO without a writer must not hold the reader.
            mkfifo(key, 0o600)
            #expect(reason(key).contains("not a regular file"))
            unlink(key)
            try folder.write("key", Self.record())
            symlink(key, folder.path("link"))
            #expect(reason(folder.path("link")).contains("symbolic link"))
            try folder.write("key", Self.record() + Self.record())
            #expect(reason(key).contains("twice"))
            try folder.write("key", String(repeating: "#\n", count: 40_000))
            #expect(reason(key).contains("larger than"))
            try folder.write("key", "")
            #expect(reason(key).contains("no [[key]]"))
        }
    }

    @Test func aFileOfAnotherUser() async throws {
        // Only root can change the owner of a file.
        guard geteuid() == 0 else { return }
        try await TemporaryFolder.with { folder in
            try folder.write("key", Self.record())
            chown(folder.path("key"), 1, 1)
            #expect(reason(folder.path("key")).contains("belongs to user 1"))
        }
    }
}
