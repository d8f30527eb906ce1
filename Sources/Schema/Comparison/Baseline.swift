import Text

/// The differences that were reviewed and accepted, so that `diagnose` no longer reports them.
///
/// A difference is accepted only with its definitions: if one side changes further, it is reported again. The file has
/// sorted members and indentation, because people review it and compare versions of it.
public struct Baseline: Codable, Hashable, Sendable {
    /// One accepted difference.
    public struct Entry: Codable, Hashable, Sendable, Comparable {
        public var kind: SchemaDifference.Kind
        public var object: String
        /// Only where the difference is between the models and the live database, not with the migrations.
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
            left.kind == right.kind && left.object.hasSameBytes(as: right.object)
                && left.models.hasSameBytes(as: right.models) && left.migrations.hasSameBytes(as: right.migrations)
                && left.live.hasSameBytes(as: right.live)
        }

        public func hash(into hasher: inout Hasher) {
            hasher.combine(kind)
            hasher.combine(object)
        }

        public static func < (left: Entry, right: Entry) -> Bool {
            if !left.object.hasSameBytes(as: right.object) { return left.object.precedesInBytes(right.object) }
            if left.kind != right.kind { return left.kind.rank < right.kind.rank }
            return left.texts.lexicographicallyPrecedes(right.texts) { $0.precedesInBytes($1) }
        }

        private var texts: [String] { [models ?? "", migrations ?? "", live ?? ""] }
    }

    /// The version of the file format.
    public static let currentVersion = 1

    public var version: Int
    /// RFC 3339, UTC.
    public var createdAt: String
    /// Why they were accepted, as the person wrote it; may be empty.
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

    /// - Throws: `DecodingError` if the file has an unknown version or another structure.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        version = try container.decode(Int.self, forKey: .version)
        guard version == Self.currentVersion else {
            throw DecodingError.dataCorruptedError(
                forKey: .version, in: container,
                debugDescription:
                    "the baseline has version \(version); only version \(Self.currentVersion) is supported")
        }
        createdAt = try container.decode(String.self, forKey: .createdAt)
        note = try container.decodeIfPresent(String.self, forKey: .note) ?? ""
        accepted = try container.decode([Entry].self, forKey: .accepted)
    }

    /// Whether exactly this difference was accepted.
    public func accepts(_ difference: SchemaDifference) -> Bool { accepted.contains(Entry(difference)) }
}
