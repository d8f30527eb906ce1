/// Something wrong with the scripts of a project: a value to report, never a reason to stop reading the others.
///
/// The JSON form is one entry of `problems` in the `graph` contract; `file` and `line` are null when unknown.
public struct GraphProblem: Codable, Hashable, Sendable {
    /// The stable codes; they are finding codes as well.
    public enum Code {
        /// Two scripts, or two labels, claim one name: Alembic lets one migration silently never run.
        public static let duplicateId = "graph.duplicateId"
        /// A `down_revision` or `depends_on` names what no script defines.
        public static let missingParent = "graph.missingParent"
        /// Revisions that stand above themselves.
        public static let cycle = "graph.cycle"
        /// More than one head; a finding about a database, never a problem of a graph.
        public static let multipleHeads = "graph.multipleHeads"
        /// An id longer than the 32 characters of Alembic's version column.
        public static let idTooLong = "graph.idTooLong"
        /// A variable that only running the script can tell.
        public static let notLiteral = "graph.notLiteral"
        /// A script that cannot be read, or that Alembic refuses.
        public static let unreadable = "graph.unreadable"
    }

    /// One of `Code`.
    public var code: String
    /// What is wrong, with which object, and what to do; one line.
    public var message: String
    /// The script, relative to the project.
    public var file: String?
    /// The line in that script, counted from 1.
    public var line: Int?
    /// Whether heads, order and closures can no longer be trusted. Not part of the JSON form.
    public var isBlocking: Bool

    /// What a message may name, an id or a path, can be a megabyte.
    private static let longestMessage = 4_000

    /// The beginning, and the end, which says what to do.
    private static func shortened(_ message: String) -> String {
        if message.utf8.count <= longestMessage { return message }
        return "\(message.prefix(longestMessage / 2)) … \(message.suffix(longestMessage / 2))"
    }

    /// - Parameters:
    ///   - message: shortened in the middle to 4,000 characters.
    ///   - isBlocking: without it, everything blocks except an id that is too long and several heads.
    public init(code: String, message: String, file: String? = nil, line: Int? = nil, isBlocking: Bool? = nil) {
        self.code = code
        self.message = Self.shortened(message)
        self.file = file
        self.line = line
        self.isBlocking = isBlocking ?? (code != Code.idTooLong && code != Code.multipleHeads)
    }

    private enum CodingKeys: String, CodingKey {
        case code, message, file, line
    }

    /// Decodes the contract's four keys; whether the problem blocks follows from its code.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            code: try values.decode(String.self, forKey: .code),
            message: try values.decode(String.self, forKey: .message),
            file: try values.decodeIfPresent(String.self, forKey: .file),
            line: try values.decodeIfPresent(Int.self, forKey: .line))
    }

    /// Encodes all four keys, unknown ones as null, so that readers find one shape.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(code, forKey: .code)
        try values.encode(message, forKey: .message)
        try values.encode(file, forKey: .file)
        try values.encode(line, forKey: .line)
    }
}
