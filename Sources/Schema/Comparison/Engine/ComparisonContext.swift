import Text

/// The two catalogs of a comparison, and the settings that apply to each part of it.
///
/// A class, so that the comparison of each table refers to it instead of copying it.
final class ComparisonContext {
    let expected: CatalogIndex
    let actual: CatalogIndex
    /// Alembic's own tables.
    let versionTables: Set<ObjectKey>
    let defaultSchema: String
    /// False where one side has no definition texts and the other was stripped of them.
    let comparesDefinitions: Bool
    let rules: TextRules

    init(
        expected: CatalogIndex, actual: CatalogIndex, versionTables: Set<ObjectKey>, defaultSchema: String,
        comparesDefinitions: Bool, rules: TextRules
    ) {
        self.expected = expected
        self.actual = actual
        self.versionTables = versionTables
        self.defaultSchema = defaultSchema
        self.comparesDefinitions = comparesDefinitions
        self.rules = rules
    }
}

/// A table or view as both sides have it.
struct TablePair {
    let expected: Table
    let actual: Table
    let context: ComparisonContext

    /// The parent tables whose own difference may explain one of an inherited part.
    ///
    /// Empty for a part of the table's own. Nil where the part need not be compared, because a partition always has
    /// the parts of its partitioned table.
    func explainingParents(isInherited: Bool) -> [TableName]? {
        guard isInherited, !expected.parents.isEmpty, expected.parents.hasSameBytes(as: actual.parents) else {
            return []
        }
        return expected.isPartition && actual.isPartition ? nil : expected.parents
    }

    /// Whether a column of one table has another type in the other.
    var columnTypesDiffer: Bool {
        MatchedColumns(expected.columns, actual.columns).pairs.contains {
            !context.rules.isSameType($0.type, $1.type)
        }
    }

    /// Whether the names of a part differ and at least one of them was chosen explicitly.
    func isRenamingWorthReporting(_ expectedName: String, _ actualName: String) -> Bool {
        !expectedName.hasSameBytes(as: actualName)
            && !(GeneratedName.isLikely(expectedName, of: actual.name)
                && GeneratedName.isLikely(actualName, of: actual.name))
    }
}

/// The names that PostgreSQL gives to constraints and indexes without one: `users_email_key`, `users_email_key1`.
enum GeneratedName {
    static func isLikely(_ name: String, of table: String) -> Bool {
        var stem = name[...]
        while let last = stem.utf8.last, (0x30...0x39).contains(last) { stem = stem.dropLast() }
        guard endings.contains(where: { stem.hasSuffix($0) }) else { return false }
        // PostgreSQL shortens a long table name, so that the whole fits into 63 bytes.
        let kept = table.utf8.prefix(24)
        return stem.utf8.starts(with: kept)
    }

    private static let endings = ["_pkey", "_key", "_fkey", "_check", "_excl", "_idx"]
}
