import Settings

/// `[tool.alembic]` of a `pyproject.toml`, as Alembic reads it since 1.16.
struct TomlFile {
    private let table: SettingsTable?
    private let file: String
    private let here: String

    /// - Parameters:
    ///   - here: what `%(here)s` means, the folder of the file.
    init(_ bytes: [UInt8], file: String, here: String) throws(ProjectError) {
        self.file = file
        self.here = here
        do {
            var root = try SettingsDocument(text: String(decoding: bytes, as: UTF8.self), file: file).root
            var tool = try root.table("tool")
            table = try tool?.table("alembic")
        } catch {
            throw ProjectError(error)
        }
    }

    /// Whether the file has the table at all.
    var isConfigured: Bool { table != nil }

    /// A string, with `%(here)s` replaced; nil when the key is absent.
    func string(_ key: String) throws(ProjectError) -> String? {
        let value = try read { table throws(SettingsError) in try table.string(key) }
        return try value.map { text throws(ProjectError) in try replace(text, key) }
    }

    /// A list of strings, with `%(here)s` replaced; nil when the key is absent.
    func strings(_ key: String) throws(ProjectError) -> [String]? {
        guard let values = try read({ table throws(SettingsError) in try table.strings(key) }) else { return nil }
        var strings: [String] = []
        for value in values { strings.append(try replace(value, key)) }
        return strings
    }

    /// A boolean; false when the key is absent.
    func bool(_ key: String) throws(ProjectError) -> Bool {
        try read { table throws(SettingsError) in try table.boolean(key) } ?? false
    }

    /// Where a key stands; nil when it is absent.
    func line(of key: String) -> Int? {
        guard let table, table.keys.contains(key) else { return nil }
        return table.error(key, "").line
    }

    private func read<Value>(
        _ body: (inout SettingsTable) throws(SettingsError) -> Value?
    ) throws(ProjectError) -> Value? {
        guard var table else { return nil }
        do {
            return try body(&table)
        } catch {
            throw ProjectError(error)
        }
    }

    /// Python's `value % {"here": …}`, as far as a path needs it.
    private func replace(_ value: String, _ key: String) throws(ProjectError) -> String {
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
                throw fault("Only %(here)s and %% may follow from a percent sign.", key)
            }
        }
        return result + rest
    }

    private func fault(_ message: String, _ key: String) -> ProjectError {
        ProjectError(code: ProjectError.Code.invalid, message: message, file: file, line: line(of: key), key: key)
    }
}

extension ProjectError {
    fileprivate init(_ error: SettingsError) {
        self.init(
            code: Code.invalid, message: error.message, file: error.file, line: error.line,
            key: error.key.flatMap { $0.split(separator: ".").last.map(String.init) })
    }
}
