import Settings
package import Tokens

extension KeyRing {
    /// Parses the bytes of a key file: `[[key]]` tables with `kid`, `secret`, `scopes` and, each optional, `databases`,
    /// `uids`, `gids`, `not_before`, `not_after`.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - scopes: the scopes that exist; a file that names another is refused.
    /// - Throws: when it is not TOML, has no key, an unknown member, a wrong type, an empty or short secret, or the
    ///   same kid or secret twice.
    package init(parsing bytes: [UInt8], scopes: Set<String>) throws(KeyFilesError) {
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw KeyFilesError("it is not a UTF-8 text file")
        }
        var tables: [SettingsTable]
        do {
            var root = try SettingsDocument(text: text, file: "").root
            tables = try root.tables("key") ?? []
            try root.finish()
        } catch {
            throw KeyFilesError(error)
        }
        guard !tables.isEmpty else { throw KeyFilesError("it has no [[key]] table") }
        var records: [KeyRecord] = []
        var kids: Set<String> = []
        // Equal secrets have equal MACs, so that the secrets themselves need not be kept.
        var fingerprints: Set<[UInt8]> = []
        for table in tables {
            var reader = KeyTable(table: table)
            let record = try reader.record(scopes: scopes)
            guard kids.insert(record.kid).inserted else { throw reader.error("is used twice", at: "kid") }
            guard fingerprints.insert(record.hmac.authenticationCode(for: [])).inserted else {
                throw reader.error("is used twice; each key needs its own", at: "secret")
            }
            records.append(record)
        }
        guard let dummy = HMACKey(RandomBytes.make(32)) else { throw KeyFilesError("random bytes cannot be generated") }
        self.init(records: records, dummy: dummy)
    }

    /// The one record of a client's key file.
    ///
    /// - Throws: as ``init(parsing:scopes:)``, and when the file holds more than one record.
    package static func single(parsing bytes: [UInt8], scopes: Set<String>) throws(KeyFilesError) -> KeyRecord {
        let ring = try KeyRing(parsing: bytes, scopes: scopes)
        guard ring.records.count == 1, let record = ring.records.first else {
            throw KeyFilesError("it has \(ring.records.count) keys; a client's key file must have exactly one")
        }
        return record
    }
}

/// One `[[key]]` table.
private struct KeyTable {
    var table: SettingsTable
    private var kid: String?

    init(table: SettingsTable) { self.table = table }

    mutating func record(scopes known: Set<String>) throws(KeyFilesError) -> KeyRecord {
        do {
            let record = try read(scopes: known)
            try table.finish()
            return record
        } catch {
            throw KeyFilesError(error, kid: kid)
        }
    }

    func error(_ message: String, at member: String) -> KeyFilesError {
        KeyFilesError(table.error(member, message), kid: kid)
    }

    private mutating func read(scopes known: Set<String>) throws(SettingsError) -> KeyRecord {
        let grammar = "must be 1 to 32 characters of a-z 0-9 _ - and start with a letter or digit"
        guard let kid = try table.string("kid") else { throw table.missing("kid", grammar) }
        guard Token.isKeyID(Array(kid.utf8)) else { throw table.error("kid", grammar) }
        self.kid = kid
        let advice = "the scopes are \(known.sorted().joined(separator: ", "))"
        guard let scopes = try table.strings("scopes") else { throw table.missing("scopes", advice) }
        guard !scopes.isEmpty else { throw table.error("scopes", "is empty; \(advice)") }
        if let unknown = Set(scopes).subtracting(known).sorted().first {
            throw table.error("scopes", "names the unknown scope '\(unknown)'; \(advice)")
        }
        return KeyRecord(
            kid: kid, scopes: Set(scopes), databases: try names("databases"), uids: try identifiers("uids"),
            gids: try identifiers("gids"), notBefore: try time("not_before"), notAfter: try time("not_after"),
            hmac: try secret())
    }

    private mutating func secret() throws(SettingsError) -> HMACKey {
        let prefix = "sdk_"
        let advice = "must be sdk_ and base64url without padding; adminctl key new creates one"
        guard let text = try table.string("secret") else { throw table.missing("secret", advice) }
        guard text.hasPrefix(prefix), let bytes = Base64URL.decode(text.utf8.dropFirst(prefix.utf8.count)) else {
            throw table.error("secret", advice)
        }
        guard bytes.count >= KeyFile.minimumSecretBytes, let key = HMACKey(bytes) else {
            throw table.error(
                "secret", "has \(bytes.count) bytes, at least \(KeyFile.minimumSecretBytes) are needed")
        }
        return key
    }

    private mutating func names(_ member: String) throws(SettingsError) -> Set<String>? {
        guard let names = try table.strings(member) else { return nil }
        guard !names.contains("") else { throw table.error(member, "must be a list of names") }
        return Set(names)
    }

    private mutating func identifiers(_ member: String) throws(SettingsError) -> Set<UInt32>? {
        try table.integers(member).map { Set($0.map { UInt32($0) }) }
    }

    private mutating func time(_ member: String) throws(SettingsError) -> Int64? {
        guard let text = try table.time(member) else { return nil }
        guard let seconds = UnixTime.seconds(rfc3339: text) else {
            throw table.error(member, "must be a time like 2027-01-31T12:00:00Z, with its offset")
        }
        return seconds
    }
}

extension KeyFilesError {
    /// The error for a member: the last part of the key names it, the path before it only counts tables.
    fileprivate init(_ error: SettingsError, kid: String? = nil) {
        let member = error.key.flatMap { $0.split(separator: ".").last }.map { "'\($0)' " } ?? ""
        self.init(member + error.message, line: error.line, kid: kid)
    }
}
