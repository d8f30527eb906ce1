/// One Alembic revision, as its script defines it.
///
/// The JSON form is one entry of `revisions` in the result of `graph`.
public struct Revision: Codable, Hashable, Sendable {
    /// How the values were read.
    public enum Source: String, Codable, Sendable {
        /// Parsed from the script's text, without Python.
        case `static`
        /// Reported by Alembic, because the script computes a value.
        case alembic
    }

    /// The module's `revision` variable; the file name only in scripts without that variable.
    public var id: String
    /// The ids in `down_revision`; empty for a base. Sorted and without duplicates inside a graph.
    public var down: [String]
    /// The names in `depends_on`: ids or labels as input of a graph, resolved to ids inside a graph.
    public var dependsOn: [String]
    /// The script's own `branch_labels`; for those of its branch see `RevisionGraph.branchLabels(of:)`.
    public var labels: [String]
    /// The script, relative to the project.
    public var file: String
    /// The first line of the module's docstring; empty when there is none.
    public var doc: String
    /// How the values were read.
    public var source: Source

    /// Stores the values without checking them; a graph does.
    public init(
        id: String, down: [String] = [], dependsOn: [String] = [], labels: [String] = [], file: String = "",
        doc: String = "", source: Source = .static
    ) {
        self.id = id
        self.down = down
        self.dependsOn = dependsOn
        self.labels = labels
        self.file = file
        self.doc = doc
        self.source = source
    }
}

/// The lines, counted from 1, on which a script assigns its variables, for the `line` of a problem.
public struct HeaderLines: Hashable, Sendable {
    /// The line of `revision`.
    public var revision: Int?
    /// The line of `down_revision`.
    public var down: Int?
    /// The line of `branch_labels`.
    public var labels: Int?
    /// The line of `depends_on`.
    public var dependsOn: Int?

    /// Nil means that the line is not known.
    public init(revision: Int? = nil, down: Int? = nil, labels: Int? = nil, dependsOn: Int? = nil) {
        self.revision = revision
        self.down = down
        self.labels = labels
        self.dependsOn = dependsOn
    }
}
