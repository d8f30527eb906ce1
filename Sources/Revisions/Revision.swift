/// One Alembic revision, as its script states it.
///
/// The JSON form is one entry of `revisions` in the `graph` contract.
public struct Revision: Codable, Hashable, Sendable {
    /// Where the values come from.
    public enum Source: String, Codable, Sendable {
        /// Read from the script's text; no Python was started.
        case `static`
        /// Told by Alembic itself, because the script computes a value.
        case alembic
    }

    /// The module's `revision` variable; never the file name, except in scripts without that variable.
    public var id: String
    /// The ids that `down_revision` names; empty for a base. Sorted and without repetitions inside a graph.
    public var down: [String]
    /// What `depends_on` names: ids or labels as given to a graph, resolved ids as a graph gives them back.
    public var dependsOn: [String]
    /// The script's own `branch_labels`; those of its branch are `RevisionGraph.branchLabels(of:)`.
    public var labels: [String]
    /// The script, relative to the project.
    public var file: String
    /// The first line of the module's docstring; empty when there is none.
    public var doc: String
    /// Where the values come from.
    public var source: Source

    /// Holds the values as they are; a graph judges them.
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

/// The lines (counted from 1) on which a script assigns its variables, so that a problem can point at them.
public struct HeaderLines: Hashable, Sendable {
    /// The line of `revision`.
    public var revision: Int?
    /// The line of `down_revision`.
    public var down: Int?
    /// The line of `branch_labels`.
    public var labels: Int?
    /// The line of `depends_on`.
    public var dependsOn: Int?

    /// All lines unknown, unless given.
    public init(revision: Int? = nil, down: Int? = nil, labels: Int? = nil, dependsOn: Int? = nil) {
        self.revision = revision
        self.down = down
        self.labels = labels
        self.dependsOn = dependsOn
    }
}
