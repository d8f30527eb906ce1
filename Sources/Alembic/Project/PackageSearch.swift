import Files

/// Resolves `package:folder` without importing the package.
struct PackageSearch {
    /// A package that no folder contains; Python may find it nevertheless.
    struct Missing: Hashable, Sendable {
        var name: String
        /// The folders that Alembic puts first on Python's search path.
        var prependSysPath: [String]
    }

    /// The folders that Alembic puts first on Python's search path, absolute.
    var prependSysPath: [String]
    /// Further folders in which packages are looked up, absolute, in order.
    var installed: [String]
    /// Packages that Python was asked for.
    var located: [LocatedPackages.Package]
    /// The folder that plain relative paths refer to.
    var projectFolder: String

    /// The absolute path that a setting means. A relative value with a colon is a folder in a package, as for Alembic's
    /// `coerce_resource_to_filename`; any other value is a path.
    ///
    /// - Throws: `configurationInvalid` when no folder contains such a package.
    func path(of setting: String, at location: SettingLocation) throws(AlembicError) -> String {
        let parts = setting.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        if setting.hasPrefix("/") || parts.count == 1 {
            return FilePaths.absolute(setting, in: projectFolder)
        }
        let package = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard package.allSatisfy({ !$0.isEmpty }) else {
            throw location.error("'\(setting)' has no valid package name before its colon.")
        }
        let folders = prependSysPath + installed
        let asked = located.first { $0.name == parts[0] }
        let candidates = (folders.map { $0 + "/" + package.joined(separator: "/") } + (asked?.folders ?? []))
            .filter(FileSystem.isFolder)
        // Python prefers a folder with __init__.py; one without is only a portion of a namespace package.
        let found = candidates.first { (try? FileSystem.status($0 + "/__init__.py")) != nil } ?? candidates.first
        guard let found else {
            let searched = folders.isEmpty ? "no folder was searched" : "searched: \(folders.joined(separator: ", "))"
            var error = location.error(
                "Package '\(parts[0])' was not found (\(searched)). Install it into the project's environment, add "
                    + "its parent folder to prepend_sys_path, or write a path in place of '\(setting)'.")
            error.missingPackage = Missing(name: parts[0], prependSysPath: prependSysPath)
            throw error
        }
        return FilePaths.absolute(([found] + parts.dropFirst()).joined(separator: "/"), in: found)
    }
}
