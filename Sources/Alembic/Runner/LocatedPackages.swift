import Files

/// Where Python finds packages that no folder of its search path contains as such, for example those of an editable
/// install.
public struct LocatedPackages: RunnerResult, Hashable {
    /// One package.
    public struct Package: Codable, Hashable, Sendable {
        public var name: String
        /// Absolute; empty when Python does not find the package.
        public var folders: [String]
        /// Why Python does not find it.
        public var refusal: String?
    }

    public var packages: [Package]
    /// Absolute paths, as in ``ProjectDescription/files``.
    public var files: [String]
    /// Absolute paths of the project's folders that were listed.
    public var folders: [String]
    /// What the run noticed; nil is nothing.
    public var warnings: [RunnerWarning]?

    /// Whether each of the packages was found, in a folder that exists.
    package func covers(_ names: [String]) -> Bool {
        names.allSatisfy { name in
            packages.contains { $0.name == name && $0.folders.contains(where: FileSystem.isFolder) }
        }
    }
}
