import KeyFiles
public import Tokens
import Wire

/// A client's own key file.
public enum ClientKey {
    /// Reads the one key of a file that belongs to root or to this user and only its owner can read.
    ///
    /// - Throws: `keyFile` when it is missing, a link, not regular, of another owner or mode, or not exactly one valid
    ///   record.
    public static func load(path: String) throws(AgentClientError) -> KeyRecord {
        do {
            return try KeyFile.readSingle(path, scopes: Set(Scope.allCases.map(\.rawValue)))
        } catch {
            throw .keyFile(path: path, reason: error.description)
        }
    }
}
