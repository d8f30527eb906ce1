import Files

/// Small text files that a person wrote, read whole.
public enum TextFile {
    /// The text of the file at `path`; at most 1 MiB of UTF-8.
    public static func read(_ path: String) throws(SettingsError) -> String {
        let bytes: [UInt8]
        do {
            bytes = try FileSystem.read(path, limit: 1 << 20)
        } catch {
            throw SettingsError(file: path, message: "cannot be read: \(error.message)")
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
        guard !text.isEmpty else { throw SettingsError(file: path, message: "is empty; it must contain the secret") }
        return text
    }
}
