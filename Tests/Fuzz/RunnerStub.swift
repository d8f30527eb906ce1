/// Replaces the runner's type that `AlembicError` refers to, so that the fuzz targets need no module for running Python.
public enum MigrationRun {
    public struct Outcome: Hashable, Sendable {
        public init() {}
    }
}
