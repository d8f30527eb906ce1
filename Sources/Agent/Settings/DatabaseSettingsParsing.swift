import Files
import Inspection
import Schema
import Settings

/// `[databases.NAME]`.
extension DatabaseSettings {
    init(name: String, _ table: inout SettingsTable, folder: String) throws(SettingsError) {
        guard (1...63).contains(name.utf8.count),
            name.utf8.allSatisfy({
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-".utf8.contains($0)
            })
        else { throw table.error("", "a database's name is 1 to 63 of A-Z, a-z, 0-9, '.', '_' and '-'") }
        let url = try Self.url(&table, folder: folder)
        guard let project = try table.path("project", folder: folder) else {
            throw table.missing("project", "the folder with alembic.ini or pyproject.toml")
        }
        self.init(
            name: name, project: project, config: try table.expanded("config") ?? "alembic.ini",
            section: try table.expanded("section") ?? "alembic", python: try table.path("python", folder: folder))
        self.url = url
        environment = try Self.variables("environment", &table) ?? environment
        options = try Self.options(&table)
        x = try table.strings("x") ?? x
        lockTimeout = try table.duration("lock_timeout") ?? lockTimeout
        lockRetries = try table.integer("lock_retries", in: 0...100) ?? lockRetries
        statementTimeout = try table.duration("statement_timeout") ?? statementTimeout
        migrateDeadline = try table.duration("migrate_deadline") ?? migrateDeadline
        environmentDeadline = try table.deadline("environment_deadline") ?? environmentDeadline
        longTransaction = try table.duration("long_transaction") ?? longTransaction
        if let policy = try table.expanded("verify") {
            guard let policy = VerifyPolicy(rawValue: policy) else {
                throw table.error("verify", "must be \"additive\", \"exact\" or \"any\"")
            }
            verify = policy
        }
        readURL = try table.expanded("read_url")
        for var probe in try table.tables("probes") ?? [] { probes.append(try ProbeSettings(&probe)) }
        snapshot = try table.path("snapshot", folder: folder)
        baseline = try table.path("baseline", folder: folder)
        for name in try table.strings("compare") ?? [] {
            guard let extra = OptionalComparison(rawValue: name) else {
                throw table.error("compare", "must be a list of \"comments\" and \"privileges\"")
            }
            compare.insert(extra)
        }
        for rule in try table.strings("ignore") ?? [] {
            do throws(SchemaError) { ignore.append(try IgnoreRule(parsing: rule)) } catch {
                throw table.error("ignore", error.description)
            }
        }
    }

    private static func url(_ table: inout SettingsTable, folder: String) throws(SettingsError) -> String {
        let direct = try table.expanded("url")
        let file = try table.path("url_file", folder: folder)
        switch (direct, file) {
        case (let url?, nil): return url
        case (nil, let file?): return try TextFile.secret(file)
        case (nil, nil): throw table.missing("url", "the database's URL, or url_file")
        case (_?, _?): throw table.error("url_file", "cannot be combined with url")
        }
    }

    private static func variables(
        _ key: String, _ table: inout SettingsTable
    ) throws(SettingsError) -> [String: String]? {
        guard var variables = try table.table(key) else { return nil }
        let parts = Set(AddressPart.allCases.map(\.rawValue))
        var values: [String: String] = [:]
        for key in variables.keys { values[key] = try variables.expanded(key, keeping: parts) }
        return values
    }

    private static func options(_ table: inout SettingsTable) throws(SettingsError) -> [String: String] {
        let options = try variables("options", &table) ?? [:]
        // The agent reads these from the file, without running Python.
        let ofFile = [
            "script_location", "version_locations", "prepend_sys_path", "path_separator",
            "version_path_separator", "recursive_version_locations", "sourceless",
        ]
        if let name = options.keys.sorted().first(where: { ofFile.contains($0.lowercased()) }) {
            throw table.error("options", "cannot set \(name): set it in the configuration file")
        }
        return options
    }
}

/// `[[databases.NAME.probes]]`.
extension ProbeSettings {
    init(_ table: inout SettingsTable) throws(SettingsError) {
        func value(_ key: String) throws(SettingsError) -> String {
            guard let text = try table.string(key), text.contains(where: { !$0.isWhitespace }) else {
                throw table.missing(key, "a probe has a name, a count and rows")
            }
            return text
        }
        self.init(name: try value("name"), count: try value("count"), rows: try value("rows"))
        try table.finish()
    }
}
