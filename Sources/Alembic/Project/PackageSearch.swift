import Files

/// Resolves `package:folder` without importing the package.
struct PackageSearch {
    /// The folders in which packages are looked up, absolute, in order.
    var folders: [String]
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
        let candidates = folders.map { $0 + "/" + package.joined(separator: "/") }.filter(FileSystem.isFolder)
        // Python prefers a folder with __init__.py; one without is only a portion of a namespace package.
        let found = candidates.first { (try? FileSystem.status($0 + "/__init__.py")) != nil } ?? candidates.first
        guard let found else {
            let searched = folders.isEmpty ? "no folder was searched" : "searched: \(folders.joined(separator: ", "))"
            throw location.error(
                "Package '\(parts[0])' was not found (\(searched)). Add its parent folder to prepend_sys_path, "
                    + "or write a path in place of '\(setting)'.")
        }
        return FilePaths.absolute(([found] + parts.dropFirst()).joined(separator: "/"), in: found)
    }
}
