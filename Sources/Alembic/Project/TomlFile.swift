import Settings

/// The table `[tool.alembic]` of a `pyproject.toml`, as Alembic 1.16 and later read it.
struct TomlFile {
    private let table: SettingsTable?
    private let file: String
    private let here: String

    /// - Parameters:
    ///   - here: the value of `%(here)s`, the folder of the file.
    init(_ bytes: [UInt8], file: String, here: String) throws(AlembicError) {
        self.file = file
        self.here = here
        do {
            var root = try SettingsDocument(text: String(decoding: bytes, as: UTF8.self), file: file).root
            var tool = try root.table("tool")
            table = try tool?.table("alembic")
        } catch {
            throw AlembicError(error)
        }
    }

    /// Whether the file has the table.
    var isConfigured: Bool { table != nil }

    /// A string, with `%(here)s` replaced; nil when the key is absent.
    func string(_ key: String) throws(AlembicError) -> String? {
        let value = try read { table throws(SettingsError) in try table.string(key) }
        return try value.map { text throws(AlembicError) in try replace(text, key) }
    }

    /// A list of strings, with `%(here)s` replaced; nil when the key is absent.
    func strings(_ key: String) throws(AlembicError) -> [String]? {
        guard let values = try read({ table throws(SettingsError) in try table.strings(key) }) else { return nil }
        var strings: [String] = []
        for value in values { strings.append(try replace(value, key)) }
        return strings
    }

    /// A boolean; false when the key is absent.
    func bool(_ key: String) throws(AlembicError) -> Bool {
        try read { table throws(SettingsError) in try table.boolean(key) } ?? false
    }

    /// The line of a key; nil when it is absent.
    func line(of key: String) -> Int? {
        guard let table, table.keys.contains(key) else { return nil }
        return table.error(key, "").line
    }

    private func read<Value>(
        _ body: (inout SettingsTable) throws(SettingsError) -> Value?
    ) throws(AlembicError) -> Value? {
        guard var table else { return nil }
        do {
            return try body(&table)
        } catch {
            throw AlembicError(error)
        }
    }

    /// Replaces as Python's `value % {"here": …}` does, for the forms that a path needs.
    private func replace(_ value: String, _ key: String) throws(AlembicError) -> String {
        var result = ""
        var rest = value[...]
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            let after = rest[percent...].dropFirst()
            if after.hasPrefix("%") {
                result += "%"
                rest = after.dropFirst()
            } else if after.hasPrefix("(here)s") {
                result += here
                rest = after.dropFirst("(here)s".count)
            } else {
                throw error("A percent sign is allowed only in %(here)s and %%. Write %% for a percent sign.", key)
            }
        }
        return result + rest
    }

    private func error(_ message: String, _ key: String) -> AlembicError {
        AlembicError(.configurationInvalid, message, file: file, line: line(of: key), key: key)
    }
}

extension AlembicError {
    fileprivate init(_ error: SettingsError) {
        self.init(
            .configurationInvalid, error.message, file: error.file, line: error.line,
            key: error.key.flatMap { $0.split(separator: ".").last.map(String.init) })
    }
}
