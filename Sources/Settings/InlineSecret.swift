/// Whether a value contains a secret as it is written in a settings file. What `${NAME}` stands for is not in the file
/// and does not count.
public enum InlineSecret {
    /// Whether a text contains an address with a password: a URL, or a list of `keyword=value` pairs as libpq reads it.
    public static func isInAddress(_ value: String) -> Bool {
        let text = literal(value)
        if text.contains("PRIVATE KEY-----") { return true }
        guard let start = text.firstRange(of: "://") else { return hasPassword(pairs: text) }
        let rest = text[start.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        if let at = authority.lastIndex(of: "@") {
            if hasPassword(userInfo: authority[..<at]) { return true }
        } else if rest.contains("@"), let colon = authority.firstIndex(of: ":") {
            // A slash or question mark that is not percent-encoded ends the authority inside the password.
            let isPort = authority[authority.index(after: colon)...].allSatisfy { $0.isNumber || ",:.]".contains($0) }
            if !isPort { return true }
        }
        guard let question = rest.firstIndex(of: "?") else { return false }
        return rest[rest.index(after: question)...].split(separator: "&").contains { parameter in
            guard let equals = parameter.firstIndex(of: "=") else { return false }
            return isPassword(decoded(parameter[..<equals])) && parameter.index(after: equals) < parameter.endIndex
        }
    }

    /// Whether a variable contains a secret: by its name, as in `DB_PASSWORD` or `SECRET_KEY`, or by its value.
    public static func isInVariable(_ name: String, _ value: String) -> Bool {
        if isInAddress(value) { return true }
        let text = literal(value).filter { !$0.isWhitespace }
        let isHarmless =
            text.isEmpty
            || ["true", "false", "yes", "no", "on", "off", "none", "null", "0", "1"]
                .contains(text.lowercased())
        return !isHarmless && namesSecret(name)
    }

    /// Whether one of Alembic's `-x` arguments, `NAME=VALUE`, contains a secret.
    public static func isInArgument(_ argument: String) -> Bool {
        guard let equals = argument.firstIndex(of: "=") else { return isInAddress(argument) }
        return isInVariable(String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
    }

    // MARK: Addresses

    private static func hasPassword(userInfo: Substring) -> Bool {
        guard let colon = userInfo.firstIndex(of: ":") else { return false }
        return userInfo.index(after: colon) < userInfo.endIndex
    }

    private static func hasPassword(pairs text: String) -> Bool {
        text.matches(of: /(\w+)\s*=\s*('[^']*'?|[^\s;]*)/).contains { pair in
            isPassword(String(pair.1)) && pair.2.contains { $0 != "'" }
        }
    }

    private static func isPassword(_ keyword: String) -> Bool {
        ["password", "passwd", "pwd", "sslpassword", "oauth_client_secret"].contains(keyword.lowercased())
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Names

    private static let endings = ["PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "SECRETS", "TOKEN", "APIKEY"]
    private static let words: Set = ["PASS", "PWD", "KEY", "CREDENTIAL", "CREDENTIALS"]
    /// The last word of a name that says something about a secret, such as where it is.
    package static let properties: Set = [
        "ALGORITHM", "DIR", "ENABLED", "EXPIRE", "EXPIRY", "FILE", "HEADER", "HOST", "HOURS", "ID", "LENGTH", "MINUTES",
        "NAME", "PATH", "PREFIX", "REQUIRED", "SECONDS", "SIZE", "TTL", "TYPE", "URI", "URL", "USER", "VERSION",
    ]

    private static func namesSecret(_ name: String) -> Bool {
        let parts = name.uppercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        if let last = parts.last, properties.contains(last) { return false }
        return parts.contains { part in words.contains(part) || endings.contains { part.hasSuffix($0) } }
    }

    /// The text without `${…}`.
    private static func literal(_ value: String) -> String { value.replacing(/\$\{[^}]*\}/, with: "") }
}
