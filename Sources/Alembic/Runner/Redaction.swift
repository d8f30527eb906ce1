/// Removes secrets from texts that the project's code may have written.
///
/// Secrets are the values of variables that ``SecretVariable`` recognises, which become `${NAME}`, the passwords in
/// connection strings, and given passwords; these become `***`, as do passwords in SQL. All other values of variables are
/// ordinary words, such as a user's name or the name of a driver, and stay.
struct Redaction: Sendable {
    private struct Secret: Sendable {
        var bytes: [UInt8]
        var replacement: [UInt8]
        /// Whether it is replaced only where it is a word of its own.
        var isWord: Bool
    }

    /// By their first byte, the longest first: a whole URL is replaced before the password in it.
    private let secrets: [UInt8: [Secret]]

    /// Shorter texts are parts of many words and numbers.
    private static let shortest = 3
    /// Words of messages of the server and of Python, whatever they are the password of.
    private static let common: Set = [
        "database", "default", "false", "host", "localhost", "none", "null", "password", "postgres", "postgresql",
        "public",
        "python", "server", "true", "user",
    ]

    /// - Parameters:
    ///   - environment: the variables and options of a run, with their values.
    ///   - passwords: further secrets, such as that of the database's address.
    init(environment: [String: String], passwords: [String] = []) {
        var found: [String: String] = [:]
        // What a message may show although it is also a password: names of users, databases and hosts.
        var harmless = Self.common
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            let variable = SecretVariable(name: name, value: value)
            harmless.formUnion(variable.harmless.map { $0.lowercased() })
            if variable.isSecret { found[value] = found[value] ?? "${\(name)}" }
            for part in variable.parts where found[part] == nil { found[part] = "***" }
        }
        for password in passwords where found[password] == nil { found[password] = "***" }
        for (text, replacement) in found where found[SecretVariable.encoded(text)] == nil {
            found[SecretVariable.encoded(text)] = replacement
        }
        var secrets: [UInt8: [Secret]] = [:]
        for (text, replacement) in found {
            let bytes = Array(text.utf8)
            let isWord = Self.isWord(bytes)
            guard let first = bytes.first, bytes.count >= Self.shortest, !Self.isShortNumber(bytes),
                !isWord || !harmless.contains(text.lowercased())
            else { continue }
            secrets[first, default: []].append(
                Secret(bytes: bytes, replacement: Array(replacement.utf8), isWord: isWord))
        }
        self.secrets = secrets.mapValues { $0.sorted { $0.bytes.count > $1.bytes.count } }
    }

    func callAsFunction(_ text: String) -> String {
        var text = secrets.isEmpty ? text : replaced(Array(text.utf8))
        text = text.replacing(/(:\/\/[^:\/\s@]*):[^@\s\/]+@/) { "\($0.1):***@" }
        return text.replacing(/(?i)(\bpassword\s*=?\s*)(?:'(?:[^']|'')*'|"[^"]*")/) { "\($0.1)'***'" }
    }

    /// One pass: what replaces a secret is not searched for others.
    private func replaced(_ text: [UInt8]) -> String {
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            let found = secrets[text[index]]?.first { secret in
                text[index...].starts(with: secret.bytes)
                    && (!secret.isWord || Self.isAlone(text, index..<index + secret.bytes.count))
            }
            if let found {
                result += found.replacement
                index += found.bytes.count
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether a secret may occur inside other words by chance: it is short, or has letters only.
    private static func isWord(_ secret: [UInt8]) -> Bool {
        secret.count < 8 || secret.count < 20 && secret.allSatisfy(isLetter)
    }

    /// Whether it looks like a line, a port or a count.
    private static func isShortNumber(_ secret: [UInt8]) -> Bool {
        secret.count < 6 && secret.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Whether the range is neither inside a longer word nor a part of a path or of a name with dots or hyphens.
    private static func isAlone(_ text: [UInt8], _ range: Range<Int>) -> Bool {
        func byte(_ index: Int) -> UInt8? { text.indices.contains(index) ? text[index] : nil }
        func isJoined(_ near: UInt8?, _ far: UInt8?) -> Bool {
            guard let near else { return false }
            if isLetter(near) || near == UInt8(ascii: "_") || (0x30...0x39).contains(near) { return true }
            if near == UInt8(ascii: "/") || near == UInt8(ascii: "\\") { return true }
            guard near == UInt8(ascii: ".") || near == UInt8(ascii: "-"), let far else { return false }
            return isLetter(far) || (0x30...0x39).contains(far)
        }
        return !isJoined(byte(range.lowerBound - 1), byte(range.lowerBound - 2))
            && !isJoined(byte(range.upperBound), byte(range.upperBound + 1))
    }

    /// Every character beyond ASCII counts as one.
    private static func isLetter(_ byte: UInt8) -> Bool { byte >= 0x80 || (0x41...0x5a).contains(byte & 0xdf) }
}
