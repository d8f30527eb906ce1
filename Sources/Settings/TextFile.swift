import Glibc

/// Small files that a person wrote, read whole.
public enum TextFile {
    /// The text of the file at `path`; at most 1 MiB of UTF-8.
    public static func read(_ path: String) throws(SettingsError) -> String {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(path, limit: 1 << 20)
        } catch {
            throw SettingsError(file: path, message: "cannot be read: \(error.reason)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsError(file: path, message: "is not UTF-8 text")
        }
        return text
    }

    /// The secret in the file at `path`: its text without the line end.
    public static func secret(_ path: String) throws(SettingsError) -> String {
        var text = try read(path)
        while let last = text.last, last.isNewline { text.removeLast() }
        guard !text.isEmpty else { throw SettingsError(file: path, message: "is empty; it must hold the secret") }
        return text
    }

    /// The folder of `path`, absolute.
    public static func folder(of path: String) -> String {
        let absolute = absolute(path)
        return absolute.lastIndex(of: "/").map { String(absolute[..<$0]) } ?? "/"
    }

    /// `path` as seen from the working directory.
    public static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(folder) }
        return unsafe String(cString: folder) + "/" + path
    }
}
