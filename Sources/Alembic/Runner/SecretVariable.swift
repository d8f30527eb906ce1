import Settings

/// Which parts of a variable for env.py, or of an option of Alembic's configuration, are secret.
struct SecretVariable {
    /// Whether the whole value is: the name says so, or the value is a connection string with a password.
    let isSecret: Bool
    /// Passwords in the value, as written and with percent signs decoded, and the long lines of a secret of many lines.
    let parts: [String]
    /// Texts in the value that are not secret: the user, the database and the hosts of a URL, or all of the value of a
    /// variable such as `DB_USER`.
    let harmless: [String]

    private static let words = ["password", "passwd", "passphrase", "secret", "token", "credential"]
    private static let ends = ["key", "keys", "pass", "pwd", "pw", "auth"]
    private static let ordinary: Set = [
        "database", "db", "dbname", "dialect", "driver", "engine", "host", "hostname", "login", "name", "role", "user",
        "username",
    ]

    init(name: String, value: String) {
        let passwords = Self.passwords(in: value)
        let isNamedSecret = Self.isSecret(name, value)
        isSecret = isNamedSecret || !passwords.isEmpty || InlineSecret.isInAddress(value)
        let lines = value.split(whereSeparator: \.isNewline).map(String.init)
        parts = passwords + (isNamedSecret && lines.count > 1 ? lines.filter { $0.utf8.count >= 16 } : [])
        let isOrdinary = !isSecret && Self.segments(name).last.map(Self.ordinary.contains) ?? false
        harmless = isOrdinary ? [value] : Self.names(in: value)
    }

    /// Whether a variable of this name holds a secret: `PGPASSWORD`, `SECRET_KEY`, `apiKey`, `DB_PWD`, but not
    /// `TOKEN_TYPE=bearer`, `TOKEN_URL` or `SECRET_KEY_FILE=/run/secrets/key`.
    private static func isSecret(_ name: String, _ value: String) -> Bool {
        var segments = segments(name)
        // DB_PASSWORD_2
        while segments.count > 1, segments.last?.allSatisfy(\.isNumber) == true { segments.removeLast() }
        guard let last = segments.last else { return false }
        if InlineSecret.properties.contains(last.uppercased()) { return false }
        func isMark(_ segment: String) -> Bool {
            words.contains(where: segment.contains) || ends.contains(where: segment.hasSuffix)
        }
        // What follows the word may name a property, which is a plain word or a number.
        let isPlain = value.utf8.count < 8 || value.allSatisfy { $0.isLetter || $0 == "_" }
        return isMark(last) || !isPlain && segments.contains(where: isMark)
    }

    /// The words of a name, in lower case: of `SECRET_KEY`, `db.password`, `apiKey`.
    private static func segments(_ name: String) -> [String] {
        name.replacing(/([a-z0-9])([A-Z])/) { "\($0.1)_\($0.2)" }.lowercased()
            .split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// Passwords of a URL or of libpq's `keyword=value` form, as written and with percent signs decoded.
    private static func passwords(in value: String) -> [String] {
        var found: [String] = []
        if let match = value.firstMatch(of: /:\/\/[^:\/?#]*:([^\/?#]*)@/) { found.append(String(match.1)) }
        for match in value.matches(of: /(?i)\b(?:ssl)?password\s*=\s*(?:'([^']*)'|([^\s&']+))/) {
            found.append(String(match.1 ?? match.2 ?? ""))
        }
        found.removeAll(where: \.isEmpty)
        return found + found.map(decoded).filter { !found.contains($0) }
    }

    /// The user, the hosts and the database of a URL or of libpq's `keyword=value` form.
    private static func names(in value: String) -> [String] {
        var names: [String] = []
        if let match = value.firstMatch(of: /:\/\/([^:\/?#@]*)(?::[^\/?#]*)?@([^\/?#]*)(?:\/([^?#]*))?/) {
            names += [String(match.1), String(match.3 ?? "")]
            names += match.2.split(separator: ",").map { String($0.prefix { $0 != ":" }) }
        }
        for match in value.matches(of: /(?i)\b(?:user|host|dbname)\s*=\s*(?:'([^']*)'|([^\s&']+))/) {
            names.append(String(match.1 ?? match.2 ?? ""))
        }
        return names.map(decoded)
    }

    private static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text as Python's `quote_plus` writes it in a URL.
    static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: result.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: " "): result += "+"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.utf8.count < 2 ? "0" : "") + digits
            }
        }
    }
}
