/// A problem with the scripts of a project. Problems are reported together; none stops the reading of other scripts.
///
/// The JSON form is one entry of `problems` in the result of `graph`; `file` and `line` are null where unknown.
public struct GraphProblem: Codable, Hashable, Sendable {
    /// The stable codes, which are also the codes of the findings.
    public enum Code {
        /// Two scripts have one id, or two labels one name; of two scripts with one id Alembic never runs one.
        public static let duplicateId = "graph.duplicateId"
        /// A `down_revision` or `depends_on` names a revision that no script defines.
        public static let missingParent = "graph.missingParent"
        /// Revisions that are their own ancestors.
        public static let cycle = "graph.cycle"
        /// More than one head. Only a finding about a database, never in `RevisionGraph.problems`.
        public static let multipleHeads = "graph.multipleHeads"
        /// An id longer than the 32 characters of Alembic's version column.
        public static let idTooLong = "graph.idTooLong"
        /// A variable whose value is computed when the script runs.
        public static let notLiteral = "graph.notLiteral"
        /// A script that cannot be read, or that Alembic refuses.
        public static let unreadable = "graph.unreadable"
    }

    /// One of `Code`.
    public var code: String
    /// One line: what is wrong, with which object, and what to do.
    public var message: String
    /// The script, relative to the project.
    public var file: String?
    /// The line in that script, counted from 1.
    public var line: Int?
    /// Whether heads, order and closures are unreliable. Not part of the JSON form.
    public var isBlocking: Bool

    /// A limit, because an id or path in a message may be a megabyte long.
    private static let longestMessage = 4_000

    /// The message without its middle; the end says what to do.
    private static func shortened(_ message: String) -> String {
        if message.utf8.count <= longestMessage { return message }
        return "\(message.prefix(longestMessage / 2)) … \(message.suffix(longestMessage / 2))"
    }

    /// - Parameters:
    ///   - message: shortened in the middle to 4,000 characters.
    ///   - isBlocking: nil means true, except for a too long id and for several heads.
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

    /// Decodes the four members; whether the problem is blocking follows from its code.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            code: try values.decode(String.self, forKey: .code),
            message: try values.decode(String.self, forKey: .message),
            file: try values.decodeIfPresent(String.self, forKey: .file),
            line: try values.decodeIfPresent(Int.self, forKey: .line))
    }

    /// Encodes all four members, unknown ones as null, so that each entry has the same members.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(code, forKey: .code)
        try values.encode(message, forKey: .message)
        try values.encode(file, forKey: .file)
        try values.encode(line, forKey: .line)
    }
}
