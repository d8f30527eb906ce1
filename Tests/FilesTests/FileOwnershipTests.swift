import Files
import Testing

/// Who may own a file with a secret, and which mode it may have.
@Suite struct FileOwnershipTests {
    private static func message(_ owner: UInt32, _ mode: UInt32, _ reader: UInt32, path: String = "/k") -> String? {
        do {
            try FileOwnership.check(owner: owner, mode: mode, reader: reader, path: path)
            return nil
        } catch {
            #expect(error.code == .notPrivate)
            return error.message
        }
    }

    @Test(
        arguments: [
            (0, 0o600, 1000, true), (0, 0o400, 1000, true), (1000, 0o600, 1000, true), (1001, 0o600, 1000, false),
            (1000, 0o640, 1000, false), (1000, 0o604, 1000, false), (1000, 0o602, 1000, false),
            (1000, 0o620, 1000, false), (1000, 0o700, 1000, false), (1000, 0o4600, 1000, false),
            (1000, 0o000, 1000, false), (1000, 0o600, 0, false),
        ] as [(UInt32, UInt32, UInt32, Bool)])
    func rule(_ owner: UInt32, _ mode: UInt32, _ reader: UInt32, _ isGood: Bool) {
        #expect((Self.message(owner, mode, reader) == nil) == isGood)
    }

    /// The commands in the message work when pasted: the reader can still read the file afterwards.
    @Test func remedies() throws {
        #expect(try #require(Self.message(7, 0o640, 7)).hasSuffix(": chmod 600 /k"))
        #expect(try #require(Self.message(0, 0o644, 7)).hasSuffix(": chown 7 /k && chmod 600 /k"))
        #expect(try #require(Self.message(9, 0o600, 7)).hasSuffix(": chown 7 /k && chmod 600 /k"))
        #expect(try #require(Self.message(0, 0o644, 0, path: "/a b'c")).hasSuffix(#": chmod 600 '/a b'\''c'"#))
    }
}
