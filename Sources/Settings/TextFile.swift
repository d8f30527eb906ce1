import Files
import Glibc

/// Small text files that a person wrote, read whole.
public struct TextFile: Sendable {
    /// The longest in bytes: 1 MiB.
    private static let limit = 1 << 20

    public let path: String
    public let text: String
    private let owner: UInt32
    private let mode: UInt32

    /// Reads the file at `path`; at most 1 MiB of UTF-8. Links are followed.
    public init(_ path: String) throws(SettingsError) {
        let file: (bytes: [UInt8], owner: UInt32, mode: UInt32)
        do {
            file = try FileSystem.readPrivate(path, limit: Self.limit, followsLinks: true)
        } catch {
            throw SettingsError(file: path, message: "cannot be read: \(error.message)")
        }
        guard let text = String(validating: file.bytes, as: UTF8.self) else {
            throw SettingsError(file: path, message: "is not UTF-8 text")
        }
        self.path = path
        self.text = text
        owner = file.owner
        mode = file.mode
    }

    /// Why a secret in this file is not safe, with the commands that make it so; nil when it is: when the file, as it was
    /// read, belongs to root or to this process's user and has mode 0600 or 0400.
    public var exposure: String? {
        do {
            try FileOwnership.check(owner: owner, mode: mode, reader: geteuid(), path: path)
            return nil
        } catch {
            return error.message
        }
    }

    /// The text of the file at `path`; at most 1 MiB of UTF-8.
    public static func read(_ path: String) throws(SettingsError) -> String { try TextFile(path).text }

    /// The text of the file at `path`, which holds secrets.
    ///
    /// - Throws: also when other users may read or write it.
    public static func readSecret(_ path: String) throws(SettingsError) -> String {
        let file = try TextFile(path)
        if let exposure = file.exposure { throw SettingsError(file: path, message: "is refused: \(exposure)") }
        return file.text
    }

    /// The one secret in the file at `path`: its text without the line end.
    ///
    /// - Throws: also when other users may read or write it.
    public static func secret(_ path: String) throws(SettingsError) -> String {
        var text = try readSecret(path)
        while let last = text.last, last.isNewline { text.removeLast() }
        guard !text.isEmpty else { throw SettingsError(file: path, message: "is empty; it must contain the secret") }
        return text
    }
}
