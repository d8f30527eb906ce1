/// Paths as text, without access to the file system.
package enum FilePaths {
    /// The path; a relative one starts at `folder`. Empty components and `.` are removed. `..` is kept, because its
    /// meaning depends on symbolic links.
    package static func absolute(_ path: String, in folder: String) -> String {
        let whole = path.utf8.first == UInt8(ascii: "/") ? path : folder + "/" + path
        return "/" + components(whole).filter { $0 != "." }.joined(separator: "/")
    }

    /// The path without its last component.
    package static func parent(_ path: String) -> String {
        "/" + components(path).dropLast().joined(separator: "/")
    }

    /// The last component.
    package static func name(_ path: String) -> String {
        components(path).last.map(String.init) ?? ""
    }

    /// The path relative to a folder, with `..` where needed; both are absolute.
    package static func relative(_ path: String, to folder: String) -> String {
        let path = resolved(path)
        let folder = resolved(folder)
        let common = zip(path, folder).prefix { $0 == $1 }.count
        return (folder.dropFirst(common).map { _ in ".." } + path.dropFirst(common)).joined(separator: "/")
    }

    private static func components(_ path: String) -> [Substring] {
        path.utf8.split(separator: UInt8(ascii: "/")).map(Substring.init)
    }

    private static func resolved(_ path: String) -> [Substring] {
        var result: [Substring] = []
        for component in components(path) where component != "." {
            if component == ".." {
                _ = result.popLast()
            } else {
                result.append(component)
            }
        }
        return result
    }
}
