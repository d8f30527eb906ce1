import Files

/// The files in the state directory that are made again where they are missing: results of Python and of replays.
package enum StateFiles {
    /// What depends on the project and on the database in which it runs.
    enum Kind: String, CaseIterable { case describe, expected, texts }

    /// The results of one kind that are kept for a project. Each version of a project and of its database has its own.
    static let limit = 16

    /// - Parameters:
    ///   - project: ``DatabaseSettings/projectDigest``.
    ///   - digest: of the rest, in hexadecimal.
    static func path(_ kind: Kind, in directory: String, project: String, digest: String) -> String {
        "\(directory)/\(kind.rawValue)-\(project.prefix(16))-\(digest.prefix(32)).json"
    }

    /// The file of what a database itself says about its project.
    static func description(of database: String, in directory: String) -> String {
        "\(directory)/describe-\(database).json"
    }

    /// The files of what Python says about a project's scripts and packages.
    static func scripts(in directory: String, project: String) -> String {
        "\(directory)/scripts-\(project.prefix(32)).json"
    }

    static func packages(in directory: String, project: String) -> String {
        "\(directory)/packages-\(project.prefix(32)).json"
    }

    /// Removes the files that earlier versions, earlier settings and databases that are no longer in the settings left, and
    /// the oldest ones of each project. Other files are not touched. What cannot be removed is left.
    package static func removeUnused(in directory: String, databases: [DatabaseSettings]) {
        guard let entries = try? FileSystem.list(directory) else { return }
        let projects = Set(databases.map(\.projectDigest))
        let used = Set(
            databases.map { description(of: $0.name, in: directory) }
                + projects.flatMap { [scripts(in: directory, project: $0), packages(in: directory, project: $0)] })
        let prefixes = projects.flatMap { project in Kind.allCases.map { "\($0.rawValue)-\(project.prefix(16))-" } }
        var kept: [String: [String]] = [:]
        for entry in entries where entry.isUTF8 && entry.kind == .file && isCache(entry.name) {
            let path = "\(directory)/\(entry.name)"
            if used.contains(path) { continue }
            if let prefix = prefixes.first(where: { entry.name.hasPrefix($0) }) {
                kept[prefix, default: []].append(path)
            } else {
                FileSystem.remove(path)
            }
        }
        for paths in kept.values where paths.count > limit {
            let byAge = paths.map { ($0, FileStamp(path: $0)?.changed ?? 0) }.sorted { $0.1 > $1.1 }
            for (path, _) in byAge.dropFirst(limit) { FileSystem.remove(path) }
        }
    }

    private static func isCache(_ name: String) -> Bool {
        guard name.hasSuffix(".json") else { return false }
        return ["describe-", "expected-", "texts-", "scripts-", "packages-"].contains { name.hasPrefix($0) }
    }
}
