import Glibc

/// A table of a configuration document, read key by key.
///
/// Each accessor returns nil for an absent key and throws for a value of another type. ``finish()`` throws for a key
/// that was not read, so that a misspelt setting is never silently ignored.
public struct SettingsTable: Sendable {
    struct Origin: Sendable {
        var file: String
        var lines: KeyLines
    }

    let members: [String: Value]
    /// The keys that lead here from the document's root; an element of an array of tables adds its index.
    public let path: [String]
    let origin: Origin
    private var readKeys: Set<String> = []

    init(members: [String: Value], path: [String], origin: Origin) {
        self.members = members
        self.path = path
        self.origin = origin
    }

    /// The names of this table's keys, sorted.
    public var keys: [String] { members.keys.sorted() }

    /// The string at `key`.
    public mutating func string(_ key: String) throws(SettingsError) -> String? {
        guard let value = take(key) else { return nil }
        guard case .string(let string) = value else { throw wrongType(key, value, "a string") }
        return string
    }

    /// The integer at `key`, which must lie in `range`.
    public mutating func integer(_ key: String, in range: ClosedRange<Int>) throws(SettingsError) -> Int? {
        guard let value = take(key) else { return nil }
        guard case .integer(let integer) = value else { throw wrongType(key, value, "an integer") }
        guard range.contains(integer) else {
            throw error(key, "must be from \(range.lowerBound) to \(range.upperBound), not \(integer)")
        }
        return integer
    }

    /// The boolean at `key`.
    public mutating func boolean(_ key: String) throws(SettingsError) -> Bool? {
        guard let value = take(key) else { return nil }
        guard case .boolean(let boolean) = value else { throw wrongType(key, value, "true or false") }
        return boolean
    }

    /// The array of strings at `key`.
    public mutating func strings(_ key: String) throws(SettingsError) -> [String]? {
        guard let value = take(key) else { return nil }
        guard case .array(let elements) = value else { throw wrongType(key, value, "an array of strings") }
        var strings: [String] = []
        for element in elements {
            guard case .string(let string) = element else { throw wrongType(key, element, "a string in the array") }
            strings.append(string)
        }
        return strings
    }

    /// The array of integers at `key`, each from 0 to 4294967295.
    public mutating func integers(_ key: String) throws(SettingsError) -> [Int]? {
        guard let value = take(key) else { return nil }
        guard case .array(let elements) = value else { throw wrongType(key, value, "an array of integers") }
        var integers: [Int] = []
        for element in elements {
            guard case .integer(let integer) = element, (0...Int(UInt32.max)).contains(integer) else {
                throw wrongType(key, element, "an integer from 0 in the array")
            }
            integers.append(integer)
        }
        return integers
    }

    /// The time at `key`, as text: a TOML date-time with its offset, or a string, which is returned unchecked.
    public mutating func time(_ key: String) throws(SettingsError) -> String? {
        guard let value = take(key) else { return nil }
        switch value {
        case .time(let text), .string(let text): return text
        default: throw wrongType(key, value, "a time like 2027-01-31T12:00:00Z, with its offset")
        }
    }

    /// The table at `key`.
    public mutating func table(_ key: String) throws(SettingsError) -> SettingsTable? {
        guard let value = take(key) else { return nil }
        guard case .table(let members) = value else { throw wrongType(key, value, "a table") }
        return SettingsTable(members: members, path: path + [key], origin: origin)
    }

    /// The array of tables at `key` (`[[key]]`).
    public mutating func tables(_ key: String) throws(SettingsError) -> [SettingsTable]? {
        guard let value = take(key) else { return nil }
        guard case .array(let elements) = value else { throw wrongType(key, value, "an array of tables") }
        var tables: [SettingsTable] = []
        for (index, element) in elements.enumerated() {
            guard case .table(let members) = element else { throw wrongType(key, element, "a table in the array") }
            tables.append(SettingsTable(members: members, path: path + [key, "\(index)"], origin: origin))
        }
        return tables
    }

    /// Ends the reading of this table.
    ///
    /// - Throws: ``SettingsError`` with the first key (by line) that no accessor has read.
    public func finish() throws(SettingsError) {
        let unknown = members.keys.filter { !readKeys.contains($0) }
            .sorted { (line(of: $0) ?? 0, $0) < (line(of: $1) ?? 0, $1) }
        guard let key = unknown.first else { return }
        let near = readKeys.sorted().first { distance($0, key) <= 2 }
        throw error(key, "unknown key" + (near.map { "; did you mean '\($0)'?" } ?? ""))
    }

    /// An error about `key` of this table, with its file and line.
    public func error(_ key: String, _ message: String) -> SettingsError {
        SettingsError(
            file: origin.file, line: line(of: key), key: (path + [key]).joined(separator: "."), message: message)
    }

    /// The error that `key` is missing.
    public func missing(_ key: String, _ advice: String) -> SettingsError {
        SettingsError(
            file: origin.file, line: path.isEmpty ? nil : origin.lines[path],
            key: (path + [key]).joined(separator: "."), message: "is missing: \(advice)")
    }

    private func line(of key: String) -> Int? { origin.lines[path + [key]] }

    private mutating func take(_ key: String) -> Value? {
        readKeys.insert(key)
        return members[key]
    }

    private func wrongType(_ key: String, _ value: Value, _ expected: String) -> SettingsError {
        error(key, "must be \(expected), not \(value.kind)")
    }
}

extension SettingsTable {
    /// The string at `key` with each `${NAME}` replaced by that environment variable, and `$${` by `${`.
    ///
    /// - Parameter keeping: names that are not replaced, alone or followed by `+driver`. If there are any, `$${` is not
    ///   replaced either.
    public mutating func expanded(_ key: String, keeping: Set<String> = []) throws(SettingsError) -> String? {
        guard let text = try string(key) else { return nil }
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "$") {
            if rest[open...].hasPrefix("$${") {
                result += rest[..<open] + (keeping.isEmpty ? "${" : "$${")
                rest = rest[rest.index(open, offsetBy: 3)...]
                continue
            }
            guard rest[open...].hasPrefix("${"), let close = rest[open...].firstIndex(of: "}") else {
                result += rest[...open]
                rest = rest[rest.index(after: open)...]
                continue
            }
            let name = String(rest[rest.index(open, offsetBy: 2)..<close])
            result += rest[..<open]
            if keeping.contains(String(name.prefix { $0 != "+" })) {
                result += rest[open...close]
            } else if let value = unsafe getenv(name) {
                result += unsafe String(cString: value)
            } else {
                throw error(key, "the environment variable '\(name)' is not set")
            }
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    /// The path at `key`; a relative one starts at `folder`.
    public mutating func path(_ key: String, folder: String) throws(SettingsError) -> String? {
        guard let path = try expanded(key) else { return nil }
        guard !path.isEmpty else { throw error(key, "must not be empty") }
        return path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }

    /// The duration at `key`, which must be longer than zero.
    public mutating func deadline(_ key: String) throws(SettingsError) -> Duration? {
        guard let duration = try duration(key) else { return nil }
        guard duration > .zero else { throw error(key, "must be longer than 0") }
        return duration
    }

    /// The duration at `key`, written as `500ms`, `3s`, `15m`, `1h`, or `0` for none.
    public mutating func duration(_ key: String) throws(SettingsError) -> Duration? {
        guard let text = try expanded(key) else { return nil }
        if let duration = Duration(settingsText: text) { return duration }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits), number <= Duration.longestNumber else {
            throw error(key, "must be a duration, such as \"500ms\", \"3s\", \"15m\" or \"0\"")
        }
        throw error(key, "must end with ms, s, m or h, such as \"3s\"")
    }
}

/// The number of single-character edits between two words (Levenshtein).
private func distance(_ first: String, _ second: String) -> Int {
    let other = Array(second.utf8)
    var row = Array(0...other.count)
    for (index, byte) in first.utf8.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in other.indices {
            let cost = min(row[column] + 1, row[column + 1] + 1, diagonal + (other[column] == byte ? 0 : 1))
            diagonal = row[column + 1]
            row[column + 1] = cost
        }
    }
    return row[other.count]
}
