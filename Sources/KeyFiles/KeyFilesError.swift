/// Why a key file is refused. It names the record, the member and the line, never a secret.
package struct KeyFilesError: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String
    /// The line, from 1; nil when the fault is in the file as a whole.
    package let line: Int?
    /// The record, where it is known.
    package let kid: String?

    package init(_ message: String, line: Int? = nil, kid: String? = nil) {
        self.message = message
        self.line = line
        self.kid = kid
    }

    /// One line, without the file's name, which the caller adds.
    package var description: String {
        (line.map { "line \($0): " } ?? "") + (kid.map { "key '\($0)': " } ?? "") + message
    }
}
