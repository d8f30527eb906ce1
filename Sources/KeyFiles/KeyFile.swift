import Files
import Glibc
import Text
package import Tokens

/// Files of keys: reading them safely, and writing new ones.
package enum KeyFile {
    /// The shortest secret that is accepted.
    package static let minimumSecretBytes = 32

    /// Reads the keys of a file that belongs to root or to this process's user and that no other user may read.
    ///
    /// - Parameters:
    ///   - scopes: the scopes that exist; a file that names another is refused.
    ///   - limit: the file's size limit in bytes.
    /// - Throws: when the file is missing, a symbolic link, not regular, of another owner or mode, or not a key file.
    package static func read(
        _ path: String, scopes: Set<String>, limit: Int = 1 << 20
    ) throws(KeyFilesError) -> KeyRing {
        try KeyRing(parsing: try bytes(path, limit: limit), scopes: scopes)
    }

    /// Reads the one key of a client's key file.
    ///
    /// - Throws: as ``read(_:scopes:limit:)``, and when the file holds more than one key.
    package static func readSingle(
        _ path: String, scopes: Set<String>, limit: Int = 64 << 10
    ) throws(KeyFilesError) -> KeyRecord {
        try KeyRing.single(parsing: try bytes(path, limit: limit), scopes: scopes)
    }

    private static func bytes(_ path: String, limit: Int) throws(KeyFilesError) -> [UInt8] {
        let file: (bytes: [UInt8], owner: UInt32, mode: UInt32)
        do {
            file = try FileSystem.readPrivate(path, limit: limit)
        } catch {
            switch error.code {
            case .missing: throw KeyFilesError("there is no such file (adminctl key new creates one)")
            case .denied: throw KeyFilesError("this user may not read it")
            default: throw KeyFilesError(error.message)
            }
        }
        try KeyFileOwnership.check(owner: file.owner, mode: file.mode, reader: geteuid())
        return file.bytes
    }

    /// The TOML text of a new record with a random secret, of which there is no other copy.
    ///
    /// - Throws: for a kid or list that reading would refuse.
    package static func newRecord(
        kid: String, scopes: [String], databases: [String] = [], uids: [UInt32] = [], gids: [UInt32] = [],
        notBefore: String? = nil, notAfter: String? = nil, knownScopes: Set<String>
    ) throws(KeyFilesError) -> String {
        var lines = [
            "[[key]]", "kid = \(TOMLString.quoted(kid))",
            "secret = \"sdk_\(Base64URL.encode(RandomBytes.make(minimumSecretBytes)))\"",
            "scopes = \(list(scopes.map(TOMLString.quoted)))",
        ]
        if !databases.isEmpty { lines.append("databases = \(list(databases.map(TOMLString.quoted)))") }
        if !uids.isEmpty { lines.append("uids = \(list(uids.map { String($0) }))") }
        if !gids.isEmpty { lines.append("gids = \(list(gids.map { String($0) }))") }
        if let notBefore { lines.append("not_before = \(TOMLString.quoted(notBefore))") }
        if let notAfter { lines.append("not_after = \(TOMLString.quoted(notAfter))") }
        let text = lines.joined(separator: "\n") + "\n"
        do {
            _ = try KeyRing(parsing: Array(text.utf8), scopes: knownScopes)
        } catch {
            // Without the line number: the caller has no file yet.
            throw KeyFilesError(error.message)
        }
        return text
    }

    private static func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ", ") + "]" }
}

/// The rule for the owner and the mode of a key file. Pure: the caller opens the file.
package enum KeyFileOwnership {
    /// - Parameters:
    ///   - owner: the file's owner.
    ///   - mode: its permission bits.
    ///   - reader: the user who reads it.
    /// - Throws: when it belongs to another than root or the reader, or its mode is not 0600 or 0400.
    package static func check(owner: UInt32, mode: UInt32, reader: UInt32) throws(KeyFilesError) {
        guard owner == 0 || owner == reader else {
            throw KeyFilesError(
                "it belongs to user \(owner); it must belong to root or to user \(reader), who reads it")
        }
        guard mode & 0o7777 == 0o600 || mode & 0o7777 == 0o400 else {
            let octal = String(mode & 0o7777, radix: 8)
            throw KeyFilesError("its mode is 0\(octal); it must be 0600 or 0400 (chmod 600 FILE)")
        }
    }
}
