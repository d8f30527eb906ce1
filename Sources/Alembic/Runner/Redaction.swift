/// Removes secrets from texts that the project's code may have written.
///
/// Each value of the configured environment becomes `${NAME}`, so that the text stays readable whether or not the value
/// was a secret. Passwords in connection strings and in SQL become `***`.
struct Redaction: Sendable {
    private let replacements: [(secret: String, name: String)]

    init(environment: [String: String]) {
        var replacements: [(secret: String, name: String)] = []
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            // Shorter values are common words and numbers.
            if value.utf8.count >= 4 { replacements.append((value, "${\(name)}")) }
            for password in Self.passwords(in: value) where password.utf8.count >= 3 {
                replacements.append((password, "***"))
            }
        }
        // The longest first: a whole URL is replaced before the password in it.
        self.replacements = replacements.sorted { $0.secret.utf8.count > $1.secret.utf8.count }
    }

    func callAsFunction(_ text: String) -> String {
        var text = text
        for (secret, name) in replacements { text = text.replacing(secret, with: name) }
        text = text.replacing(/(:\/\/[^:\/\s@]*):[^@\s\/]+@/) { "\($0.1):***@" }
        return text.replacing(/(?i)(\bpassword\s*=?\s*)(?:'(?:[^']|'')*'|"[^"]*")/) { "\($0.1)'***'" }
    }

    /// Passwords of a URL or of libpq's `keyword=value` form, as written and with percent signs decoded.
    private static func passwords(in value: String) -> [String] {
        var found: [String] = []
        if let match = value.firstMatch(of: /:\/\/[^:\/?#]*:([^\/?#]*)@/) { found.append(String(match.1)) }
        for match in value.matches(of: /(?i)\bpassword\s*=\s*(?:'([^']*)'|([^\s&']+))/) {
            found.append(String(match.1 ?? match.2 ?? ""))
        }
        return found + found.map(decoded).filter { !found.contains($0) }
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
}
