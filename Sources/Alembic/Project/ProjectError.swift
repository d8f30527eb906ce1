/// Why a folder cannot be read as an Alembic project.
public struct ProjectError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The stable codes.
    public enum Code {
        /// The folder, its configuration or its script folder is not there.
        public static let missing = "project.missing"
        /// The configuration says something that cannot be followed.
        public static let invalid = "project.invalid"
    }

    /// One of `Code`.
    public var code: String
    /// What is wrong, and what to do.
    public var message: String
    /// The configuration file, as an absolute path.
    public var file: String?
    /// The line in that file, counted from 1.
    public var line: Int?
    /// The setting.
    public var key: String?

    /// Holds the values.
    public init(code: String, message: String, file: String? = nil, line: Int? = nil, key: String? = nil) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
        self.key = key
    }

    /// One line that names file, line and key as far as they are known.
    public var description: String {
        let place = file.map { $0 + (line.map { ":\($0)" } ?? "") + ": " } ?? ""
        let text = place + (key.map { "\($0): " } ?? "") + message
        return text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
