/// Why a key file is refused. Names the record, the member and the line; never a secret.
public struct KeyFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public let message: String
    /// From 1; nil when it is about the file as a whole.
    public let line: Int?
    /// The record it is about, where that is known.
    public let kid: String?

    public init(_ message: String, line: Int? = nil, kid: String? = nil) {
        self.message = message
        self.line = line
        self.kid = kid
    }

    /// One line, without the file's name, which only the caller knows.
    public var description: String {
        (line.map { "line \($0): " } ?? "") + (kid.map { "key '\($0)': " } ?? "") + message
    }
}

/// Whom a key file may belong to: a pure rule over what `fstat` said; opening the file is the caller's.
public enum KeyFileOwnership {
    /// - Parameters:
    ///   - owner: the file's owner.
    ///   - mode: its permission bits.
    ///   - reader: the user who reads it.
    /// - Throws: when it belongs to another than root or the reader, or its mode is not 0600 or 0400.
    public static func check(owner: UInt32, mode: UInt32, reader: UInt32) throws(KeyFileError) {
        guard owner == 0 || owner == reader else {
            throw KeyFileError(
                "it belongs to user \(owner); it must belong to root or to user \(reader), who reads it")
        }
        guard mode & 0o7777 == 0o600 || mode & 0o7777 == 0o400 else {
            let octal = String(mode & 0o7777, radix: 8)
            throw KeyFileError("its mode is 0\(octal); it must be 0600 or 0400 (chmod 600 FILE)")
        }
    }
}
