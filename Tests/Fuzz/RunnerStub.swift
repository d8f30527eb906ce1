/// Replaces a type of the runner that `AlembicError` refers to, so that the fuzz targets need no module for running Python.
public enum MigrationRun {
    public struct Outcome: Hashable, Sendable {
        public init() {}
    }
}

/// Replaces the search for packages, which needs modules of its own.
struct PackageSearch {
    struct Missing: Hashable, Sendable {}
}
