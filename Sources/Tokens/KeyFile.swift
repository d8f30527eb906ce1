import TOMLKit

extension KeyRing {
    /// Reads the bytes of a key file: `[[key]]` tables with `kid`, `secret`, `scopes` and, each optional, `databases`,
    /// `uids`, `gids`, `not_before`, `not_after`.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - scopes: the scopes there are; a file that names another is refused.
    /// - Throws: when it is not TOML, has no key, an unknown member, a wrong type, an empty or short secret, or the
    ///   same kid or secret twice.
    public init(parsing bytes: [UInt8], scopes: Set<String>) throws(KeyFileError) {
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw KeyFileError("it is not a UTF-8 text file")
        }
        let root: TOMLTable
        do {
            root = try TOMLTable(string: text)
        } catch {
            // The parser's own message may quote the file.
            throw KeyFileError("this is not TOML", line: (error as? TOMLParseError)?.source.begin.line)
        }
        let lines = KeyFileLines(text)
        if let unknown = root.keys.sorted().first(where: { $0 != "key" }) {
            throw KeyFileError(
                "unknown member '\(unknown)'; the file holds [[key]] tables only", line: lines.line(of: unknown))
        }
        guard let tables = root["key"]?.array, !tables.isEmpty else {
            throw KeyFileError("it holds no [[key]] table")
        }
        var records: [KeyRecord] = []
        var kids: Set<String> = []
        // Equal secrets have equal MACs; so nothing here keeps the secrets themselves.
        var fingerprints: Set<[UInt8]> = []
        for (index, element) in tables.enumerated() {
            guard let table = element.table else { throw KeyFileError("'key' is not a list of tables: write [[key]]") }
            let reader = KeyTable(table: table, lines: lines, index: index)
            let record = try reader.record(scopes: scopes)
            guard kids.insert(record.kid).inserted else { throw reader.error("this kid comes twice", at: "kid") }
            guard fingerprints.insert(record.hmac.authenticationCode(for: [])).inserted else {
                throw reader.error("this secret comes twice; each key needs its own", at: "secret")
            }
            records.append(record)
        }
        guard let dummy = HMACKey(RandomBytes.make(32)) else { throw KeyFileError("there is no randomness") }
        self.init(records: records, dummy: dummy)
    }

    /// The one record of a client's key file.
    ///
    /// - Throws: as ``init(parsing:scopes:)``, and when the file holds more than one record.
    public static func single(parsing bytes: [UInt8], scopes: Set<String>) throws(KeyFileError) -> KeyRecord {
        let ring = try KeyRing(parsing: bytes, scopes: scopes)
        guard ring.records.count == 1, let record = ring.records.first else {
            throw KeyFileError("it holds \(ring.records.count) keys; a client's key file holds exactly one")
        }
        return record
    }
}

/// One `[[key]]` table.
private struct KeyTable {
    let table: TOMLTable
    let lines: KeyFileLines
    let index: Int

    private static let members: Set<String> = [
        "kid", "secret", "scopes", "databases", "uids", "gids", "not_before", "not_after",
    ]

    func record(scopes known: Set<String>) throws(KeyFileError) -> KeyRecord {
        if let unknown = table.keys.sorted().first(where: { !Self.members.contains($0) }) {
            throw error("unknown member '\(unknown)'", at: unknown)
        }
        guard kid != nil else {
            throw error("'kid' must be 1 to 32 of a-z 0-9 _ - and start with a letter or digit", at: "kid")
        }
        guard let scopes = try strings("scopes"), !scopes.isEmpty else {
            throw error(
                "'scopes' is missing or empty; the scopes are \(known.sorted().joined(separator: ", "))", at: "scopes")
        }
        if let unknown = scopes.subtracting(known).sorted().first {
            throw error(
                "unknown scope '\(unknown)'; the scopes are \(known.sorted().joined(separator: ", "))", at: "scopes")
        }
        return KeyRecord(
            kid: kid ?? "", scopes: scopes, databases: try strings("databases"), uids: try identifiers("uids"),
            gids: try identifiers("gids"), notBefore: try time("not_before"), notAfter: try time("not_after"),
            hmac: try secret())
    }

    private var kid: String? {
        table["kid"]?.string.flatMap { Token.isKeyID(Array($0.utf8)) ? $0 : nil }
    }

    func error(_ message: String, at member: String) -> KeyFileError {
        KeyFileError(message, line: lines.line(of: member, inTable: index), kid: kid)
    }

    private func secret() throws(KeyFileError) -> HMACKey {
        let prefix = "sdk_"
        guard let text = table["secret"]?.string, text.hasPrefix(prefix),
            let bytes = Base64URL.decode(text.utf8.dropFirst(prefix.utf8.count))
        else {
            throw error("'secret' must be sdk_ and base64url without padding; adminctl key new makes one", at: "secret")
        }
        guard bytes.count >= KeyFile.minimumSecretBytes, let key = HMACKey(bytes) else {
            throw error(
                "'secret' has \(bytes.count) bytes, at least \(KeyFile.minimumSecretBytes) are needed", at: "secret")
        }
        return key
    }

    private func strings(_ member: String) throws(KeyFileError) -> Set<String>? {
        guard let value = table[member] else { return nil }
        guard let array = value.array else { throw error("'\(member)' must be a list of strings", at: member) }
        var result: Set<String> = []
        for element in array {
            guard let text = element.string, !text.isEmpty else {
                throw error("'\(member)' must be a list of strings", at: member)
            }
            result.insert(text)
        }
        return result
    }

    private func identifiers(_ member: String) throws(KeyFileError) -> Set<UInt32>? {
        guard let value = table[member] else { return nil }
        guard let array = value.array else { throw error("'\(member)' must be a list of numbers", at: member) }
        var result: Set<UInt32> = []
        for element in array {
            guard let number = element.int.flatMap({ UInt32(exactly: $0) }) else {
                throw error("'\(member)' must be a list of numbers", at: member)
            }
            result.insert(number)
        }
        return result
    }

    /// A TOML date-time with offset, or the same as a string.
    private func time(_ member: String) throws(KeyFileError) -> Int64? {
        guard let value = table[member] else { return nil }
        let written: String? = value.dateTime?.offset != nil ? value.dateTime?.rfc3339 : value.string
        guard let seconds = written.flatMap(UnixTime.seconds(rfc3339:)) else {
            throw error("'\(member)' must be a time like 2027-01-31T12:00:00Z, with its offset", at: member)
        }
        return seconds
    }
}

extension TOMLDateTime {
    fileprivate var rfc3339: String {
        let minutes = offset?.offset ?? 0
        func padded(_ value: Int, _ width: Int = 2) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(date.year, 4))-\(padded(date.month))-\(padded(date.day))"
            + "T\(padded(time.hour)):\(padded(time.minute)):\(padded(time.second))"
            + "\(minutes < 0 ? "-" : "+")\(padded(abs(minutes) / 60)):\(padded(abs(minutes) % 60))"
    }
}

/// Finds a member's line for messages; TOMLKit keeps no positions.
private struct KeyFileLines {
    private let lines: [Substring]
    private let headers: [Int]

    init(_ text: String) {
        // "\r\n" is one Character of its own.
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        self.lines = lines
        headers = lines.indices.filter { lines[$0].filter { !$0.isWhitespace }.hasPrefix("[[key]]") }
    }

    /// The member's line in the table of this number; its header's where the member is absent.
    func line(of member: String, inTable index: Int) -> Int? {
        guard headers.indices.contains(index) else { return nil }
        let end = headers.indices.contains(index + 1) ? headers[index + 1] : lines.endIndex
        let found = (headers[index]..<end).first { names(lines[$0], member) }
        return (found ?? headers[index]) + 1
    }

    /// The first line that names the member, or a table of that name, anywhere.
    func line(of member: String) -> Int? {
        lines.firstIndex { names($0, member) }.map { $0 + 1 }
    }

    private func names(_ line: Substring, _ member: String) -> Bool {
        let line = line.drop { $0.isWhitespace || $0 == "[" || $0 == "\"" || $0 == "'" }
        guard line.hasPrefix(member) else { return false }
        return line.dropFirst(member.count).first.map { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "-" } ?? true
    }
}
