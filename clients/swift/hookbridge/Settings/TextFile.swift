import FoundationEssentials
import Glibc
import Settings

/// The small files that the bridge reads when it starts.
enum TextFile {
    /// The text of the file at `path`.
    static func read(_ path: String) throws(SettingsError) -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            guard access(path, R_OK) == 0 else {
                throw SettingsError(file: path, message: "cannot be read: \(String(cString: strerror(errno)))")
            }
            throw SettingsError(file: path, message: "cannot be read: it is no file of UTF-8 text")
        }
    }

    /// `path` as it is when absolute, and below the folder of `file` otherwise.
    static func resolve(_ path: String, besides file: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }
}
