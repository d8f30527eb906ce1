import Text

/// The rule for the owner and the mode of a file that holds a secret. Pure: the caller opens the file.
package enum FileOwnership {
    /// - Parameters:
    ///   - owner: the file's owner.
    ///   - mode: its permission bits.
    ///   - reader: the user who reads it.
    ///   - path: of the file, for the commands in the message.
    /// - Throws: `notPrivate` when the file belongs to another than root or the reader, or its mode is not 0600 or 0400.
    package static func check(
        owner: UInt32, mode: UInt32, reader: UInt32, path: String
    ) throws(FilesError) {
        guard owner == 0 || owner == reader else {
            throw FilesError(
                .notPrivate,
                "it belongs to user \(owner); it must belong to root or to user \(reader), who reads it: "
                    + remedy(owner: owner, reader: reader, path))
        }
        guard mode & 0o7777 == 0o600 || mode & 0o7777 == 0o400 else {
            let octal = String(mode & 0o7777, radix: 8)
            throw FilesError(
                .notPrivate,
                "its mode is 0\(octal); it must be 0600 or 0400, because it holds a secret: "
                    + remedy(owner: owner, reader: reader, path))
        }
    }

    /// With mode 0600 only the owner, and root, can still read the file.
    private static func remedy(owner: UInt32, reader: UInt32, _ path: String) -> String {
        let path = ShellWord.quoted(path)
        return (owner == reader ? "" : "chown \(reader) \(path) && ") + "chmod 600 \(path)"
    }
}
