import Glibc
import Testing
import Tokens

@testable import AgentClient

@Suite struct PeerTests {
    @Test(arguments: [
        (0, "schemad", true), (geteuid(), "schemad", true), (4_000_000, "4000000", true), (4_000_000, "4000001", false),
        (4_000_000, "schemad", false), (4_000_000, "", false), (4_000_000, "no-such-user", false), (0, "no-such-user", true),
        (1, "daemon", true), (2, "daemon", false),
    ] as [(UInt32, String, Bool)])
    func whoMayBeTheAgent(_ uid: UInt32, _ user: String, _ accepted: Bool) {
        #expect(AgentEndpoint(agentUser: user).accepts(peer: uid) == accepted || uid == geteuid())
    }

    @Test func errorsSayWhatToDo() {
        let wrong = ClientError.wrongPeer(socket: "/s", uid: 1234, expected: "schemad")
        #expect(wrong.exitStatus == 77 && wrong.message.contains("1234") && wrong.message.contains("--agent-user"))
        let denied = ClientError.permissionDenied(socket: "/s")
        #expect(denied.exitStatus == 77 && !denied.isRetryable && denied.json["code"] == "socketPermissionDenied")
    }
}

@Suite(.timeLimit(.minutes(1))) struct ClientKeyTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/schemad-key-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            for name in ["key", "link"] { unlink("\(folder)/\(name)") }
            rmdir(folder)
        }
        try body(folder)
    }

    private func write(_ text: String, _ path: String, mode: mode_t) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let bytes = Array(text.utf8)
        _ = Glibc.write(descriptor, bytes, bytes.count)
        fchmod(descriptor, mode)
        close(descriptor)
    }

    private static func record() throws -> String {
        try KeyFile.newRecord(kid: "k", scopes: ["read"], knownScopes: ["read"])
    }

    private func reason(_ path: String) -> String {
        do throws(ClientError) {
            return try ClientKey.load(path: path).kid
        } catch {
            return error.exitStatus == 78 ? error.message : "other error"
        }
    }

    @Test(arguments: [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o700, false)] as [(mode_t, Bool)])
    func modes(_ mode: mode_t, _ isGood: Bool) throws {
        try inFolder { folder in
            write(try Self.record(), folder + "/key", mode: mode)
            let reason = reason(folder + "/key")
            #expect(isGood ? reason == "k" : reason.contains("0600 or 0400"))
        }
    }

    @Test func whatIsNoKeyFile() throws {
        try inFolder { folder in
            let key = folder + "/key"
            #expect(reason(key).contains("no such file"))
            #expect(reason(folder).contains("not a regular file"))
            // A FIFO without a writer must not hold the reader.
            mkfifo(key, 0o600)
            #expect(reason(key).contains("not a regular file"))
            unlink(key)
            write(try Self.record(), key, mode: 0o600)
            symlink(key, folder + "/link")
            #expect(reason(folder + "/link").contains("symbolic link"))
            write(try Self.record() + Self.record(), key, mode: 0o600)
            #expect(reason(key).contains("twice"))
            write(String(repeating: "#\n", count: 40_000), key, mode: 0o600)
            #expect(reason(key).contains("larger than"))
            write("", key, mode: 0o600)
            #expect(reason(key).contains("no [[key]]"))
        }
    }

    @Test func anotherUsersFile() throws {
        // Only root can give a file away.
        guard geteuid() == 0 else { return }
        try inFolder { folder in
            write(try Self.record(), folder + "/key", mode: 0o600)
            chown(folder + "/key", 1, 1)
            #expect(reason(folder + "/key").contains("belongs to user 1"))
        }
    }
}
