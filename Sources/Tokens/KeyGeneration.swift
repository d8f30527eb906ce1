/// What a key file looks like from the writing side.
public enum KeyFile {
    /// The shortest secret that is accepted.
    public static let minimumSecretBytes = 32

    /// The TOML text of a new record with a fresh random secret; it is the only copy.
    ///
    /// - Throws: for a kid or list that the reading side would refuse.
    public static func newRecord(
        kid: String, scopes: [String], databases: [String] = [], uids: [UInt32] = [], gids: [UInt32] = [],
        notBefore: String? = nil, notAfter: String? = nil, knownScopes: Set<String>
    ) throws(KeyFileError) -> String {
        var lines = [
            "[[key]]", "kid = \(quoted(kid))",
            "secret = \"sdk_\(Base64URL.encode(RandomBytes.make(minimumSecretBytes)))\"",
            "scopes = \(list(scopes.map(quoted)))",
        ]
        if !databases.isEmpty { lines.append("databases = \(list(databases.map(quoted)))") }
        if !uids.isEmpty { lines.append("uids = \(list(uids.map { String($0) }))") }
        if !gids.isEmpty { lines.append("gids = \(list(gids.map { String($0) }))") }
        if let notBefore { lines.append("not_before = \(quoted(notBefore))") }
        if let notAfter { lines.append("not_after = \(quoted(notAfter))") }
        let text = lines.joined(separator: "\n") + "\n"
        do {
            _ = try KeyRing(parsing: Array(text.utf8), scopes: knownScopes)
        } catch {
            // The line is of a file that nobody has seen yet.
            throw KeyFileError(error.message)
        }
        return text
    }

    private static func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ", ") + "]" }

    /// A TOML basic string.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
