/// Finds `package:folder` without importing the package.
struct PackageSearch {
    /// Where packages are looked for, absolute, in order.
    var folders: [String]
    /// From where a plain relative path is seen.
    var projectFolder: String

    /// The absolute path that a setting means: a path, or, when it is not absolute and has a colon, a place in a
    /// package (Alembic's `coerce_resource_to_filename`).
    ///
    /// - Throws: `ProjectError` when no folder holds such a package.
    func path(of setting: String, place: SettingPlace) throws(ProjectError) -> String {
        let parts = setting.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        if setting.hasPrefix("/") || parts.count == 1 {
            return FilePaths.absolute(setting, in: projectFolder)
        }
        let package = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard package.allSatisfy({ !$0.isEmpty }) else {
            throw place.fault("'\(setting)' names no package before its colon.")
        }
        let candidates = folders.map { $0 + "/" + package.joined(separator: "/") }.filter(Files.isFolder)
        // A folder with __init__.py wins over one without, which is only a part of a namespace package.
        let found = candidates.first { (try? Files.status($0 + "/__init__.py")) != nil } ?? candidates.first
        guard let found else {
            let searched = folders.isEmpty ? "no folder was searched" : "searched: \(folders.joined(separator: ", "))"
            throw place.fault(
                "Package '\(parts[0])' was not found (\(searched)). Name its folder in prepend_sys_path, "
                    + "or write the path instead of '\(setting)'.")
        }
        return FilePaths.absolute(([found] + parts.dropFirst()).joined(separator: "/"), in: found)
    }
}
