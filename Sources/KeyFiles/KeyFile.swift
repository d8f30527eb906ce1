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
        do {
            try FileOwnership.check(owner: file.owner, mode: file.mode, reader: geteuid(), path: path)
        } catch {
            throw KeyFilesError(error.message)
        }
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
