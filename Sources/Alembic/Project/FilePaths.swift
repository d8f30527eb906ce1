/// Paths as text; nothing here looks at the file system.
enum FilePaths {
    /// The path, seen from a folder when it is relative. Empty components and `.` go away, `..` stays, because what it
    /// means depends on symbolic links.
    static func absolute(_ path: String, in folder: String) -> String {
        let whole = path.utf8.first == UInt8(ascii: "/") ? path : folder + "/" + path
        return "/" + components(whole).filter { $0 != "." }.joined(separator: "/")
    }

    /// Everything before the last component.
    static func parent(_ path: String) -> String {
        "/" + components(path).dropLast().joined(separator: "/")
    }

    /// The last component.
    static func name(_ path: String) -> String {
        components(path).last.map(String.init) ?? ""
    }

    /// The path as seen from a folder, with `..` where it lies elsewhere; both are absolute.
    static func relative(_ path: String, to folder: String) -> String {
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
