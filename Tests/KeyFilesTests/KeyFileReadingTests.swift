import Glibc
import KeyFiles
import Support
import Testing
import Tokens

/// Access to key files is checked on the open file.
@Suite(.timeLimit(.minutes(1))) struct KeyFileReadingTests {
    private static let key = TestKeys.text(kid: "a", secret: Array(0..<32))
    private static let two = key + TestKeys.text(kid: "b", secret: Array(1..<33))

    private static func message(_ path: String, limit: Int = 1000) -> String {
        do {
            return try KeyFile.read(path, scopes: TestKeys.scopes, limit: limit).kids.joined(separator: " ")
        } catch {
            return error.message
        }
    }

    @Test func goodFiles() async throws {
        try await TemporaryFolder.with { folder in
            let path = try folder.write("keys", Self.two, mode: 0o400)
            #expect(Self.message(path) == "a b")
            #expect(throws: KeyFilesError.self) { try KeyFile.readSingle(path, scopes: TestKeys.scopes) }
            let single = try folder.write("key", Self.key)
            #expect(try KeyFile.readSingle(single, scopes: TestKeys.scopes).kid == "a")
            #expect(Self.message(single, limit: Self.key.utf8.count) == "a")
        }
    }

    @Test func filesThatAreRefused() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path("key")
            #expect(Self.message(path) == "there is no such file (adminctl key new creates one)")
            #expect(Self.message(folder.path) == "it is not a regular file")
            mkfifo(path, 0o600)
            #expect(Self.message(path) == "it is not a regular file")
            unlink(path)
            try folder.write("key", Self.key)
            symlink(path, folder.path("link"))
            #expect(Self.message(folder.path("link")) == "it is a symbolic link; name the file itself")
            #expect(Self.message(path, limit: 10) == "it is larger than 10 bytes")
            for mode in [0o640, 0o604, 0o700, 0o4600] {
                chmod(path, mode_t(mode))
                #expect(Self.message(path).contains("0600 or 0400"), "\(mode)")
                #expect(Self.message(path).hasSuffix("chmod 600 \(path)"), "\(mode)")
            }
            guard geteuid() == 0 else { return }
            chmod(path, 0o600)
            chown(path, 1, 1)
            #expect(Self.message(path).contains("belongs to user 1"))
        }
    }
}
