/// The differences that somebody has looked at and accepted: what `diagnose` no longer complains about.
///
/// A difference is accepted only as it was: when one side changes further, it is reported again. Encoded with sorted
/// members and indentation it is meant to be read, reviewed and compared by people.
public struct Baseline: Codable, Hashable, Sendable {
    /// One accepted difference.
    public struct Entry: Codable, Hashable, Sendable, Comparable {
        public var kind: SchemaDifference.Kind
        public var object: String
        /// Only where the migrations have no say in it: then it is the models that live differs from.
        public var models: String?
        public var migrations: String?
        public var live: String?

        public init(_ difference: SchemaDifference) {
            kind = difference.kind
            object = difference.object
            models = difference.migrations == nil && difference.blame != .handMade ? difference.models : nil
            migrations = difference.migrations
            live = difference.live
        }

        public static func == (left: Entry, right: Entry) -> Bool {
            left.kind == right.kind && left.object.isIdentical(to: right.object)
                && left.models.isIdentical(to: right.models) && left.migrations.isIdentical(to: right.migrations)
                && left.live.isIdentical(to: right.live)
        }

        public func hash(into hasher: inout Hasher) {
            hasher.combine(kind)
            hasher.combine(object)
        }

        public static func < (left: Entry, right: Entry) -> Bool {
            if !left.object.isIdentical(to: right.object) { return left.object.precedesInBytes(right.object) }
            if left.kind != right.kind { return left.kind.rank < right.kind.rank }
            return left.texts.lexicographicallyPrecedes(right.texts) { $0.precedesInBytes($1) }
        }

        private var texts: [String] { [models ?? "", migrations ?? "", live ?? ""] }
    }

    /// Of this form of the file.
    public static let currentVersion = 1

    public var version: Int
    /// RFC 3339, UTC.
    public var createdAt: String
    /// Why, in the words of who accepted them; may be empty.
    public var note: String
    /// Sorted by object and kind.
    public var accepted: [Entry]

    /// Accepts the given differences.
    public init(accepting differences: [SchemaDifference], createdAt: String, note: String = "") {
        version = Self.currentVersion
        self.createdAt = createdAt
        self.note = note
        accepted = Set(differences.map(Entry.init)).sorted()
    }

    /// - Throws: `DecodingError` when the file has another form than this version knows.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        version = try container.decode(Int.self, forKey: .version)
        guard version == Self.currentVersion else {
            throw DecodingError.dataCorruptedError(
                forKey: .version, in: container,
                debugDescription: "a baseline of version \(version); this is version \(Self.currentVersion)")
        }
        createdAt = try container.decode(String.self, forKey: .createdAt)
        note = try container.decodeIfPresent(String.self, forKey: .note) ?? ""
        accepted = try container.decode([Entry].self, forKey: .accepted)
    }

    /// Whether exactly this difference was accepted.
    public func accepts(_ difference: SchemaDifference) -> Bool { accepted.contains(Entry(difference)) }
}
