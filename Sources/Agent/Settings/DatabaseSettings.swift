public import Schema
import Settings

/// One `[databases.NAME]`.
public struct DatabaseSettings: Sendable {
    /// Which newer schemas an older image may start on.
    public enum VerifyPolicy: String, Sendable, CaseIterable { case additive, exact, any }
    /// What is compared only where somebody asks for it.
    public enum Extra: String, Sendable, CaseIterable { case comments, privileges }

    public var name: String
    /// The database's URL or keyword string; secret.
    public var url: String
    /// The folder with `alembic.ini` or `pyproject.toml`; the working directory of every run.
    public var project: String
    /// The configuration file, relative to ``project``.
    public var config: String
    /// The section of the configuration file.
    public var section: String
    /// The project's interpreter; `nil` lets the runner look for one.
    public var python: String?
    /// Variables for env.py, each with any ``AddressPart`` in it. Secret.
    public var environment: [String: String]
    /// Alembic's `-x` arguments.
    public var x: [String]
    public var lockTimeout: Duration
    /// Zero means none.
    public var statementTimeout: Duration
    /// How long one migration may run.
    public var migrateDeadline: Duration
    /// From when on a transaction of somebody else is told.
    public var longTransaction = Duration.seconds(60)
    public var verify: VerifyPolicy
    /// Where reads of the application's data go, a standby for example; `nil` is ``url``. Secret.
    public var readURL: String?
    public var probes: [ProbeSettings] = []
    /// What `schemad snapshot` wrote: then no shadow is made for this database.
    public var snapshot: String?
    /// What is compared besides what always is.
    public var compare: Set<Extra> = []
    /// What of the schema nobody wants to hear of.
    public var ignore: [IgnoreRule] = []
    /// The differences that somebody has accepted: what `adminctl diagnose --write-baseline` wrote.
    public var baseline: String?

    /// Of a project alone, without a database.
    init(name: String, project: String, config: String, section: String, python: String?) {
        self.name = name
        self.project = project
        self.config = config
        self.section = section
        self.python = python
        url = ""
        environment = Self.usualEnvironment
        x = []
        lockTimeout = .seconds(3)
        statementTimeout = .zero
        migrateDeadline = .seconds(900)
        verify = .additive
    }

    /// env.py finds the URL where most projects look for it.
    private static let usualEnvironment = ["DATABASE_URL": "${url}"]

    /// Variables as a command line has them, `NAME=VALUE`; the last one of a name counts.
    static func variables(_ arguments: [String]) -> [String: String] {
        let pairs = arguments.map { variable in
            let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    init(name: String, _ table: inout SettingsTable, folder: String) throws(SettingsError) {
        guard (1...63).contains(name.utf8.count),
            name.utf8.allSatisfy({
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-".utf8.contains($0)
            })
        else { throw table.error("", "a database's name is 1 to 63 of A-Z, a-z, 0-9, '.', '_' and '-'") }
        self.name = name
        url = try Self.url(&table, folder: folder)
        guard let project = try table.path("project", folder: folder) else {
            throw table.missing("project", "the folder with alembic.ini or pyproject.toml")
        }
        self.project = project
        config = try table.expanded("config") ?? "alembic.ini"
        section = try table.expanded("section") ?? "alembic"
        python = try table.path("python", folder: folder)
        environment = try Self.environment(&table)
        x = try table.strings("x") ?? []
        lockTimeout = try table.duration("lock_timeout") ?? .seconds(3)
        statementTimeout = try table.duration("statement_timeout") ?? .zero
        migrateDeadline = try table.duration("migrate_deadline") ?? .seconds(900)
        if let given = try table.duration("long_transaction") { longTransaction = given }
        guard let verify = VerifyPolicy(rawValue: try table.expanded("verify") ?? "additive") else {
            throw table.error("verify", "must be \"additive\", \"exact\" or \"any\"")
        }
        self.verify = verify
        readURL = try table.expanded("read_url")
        for var probe in try table.tables("probes") ?? [] { probes.append(try ProbeSettings(&probe)) }
        snapshot = try table.path("snapshot", folder: folder)
        baseline = try table.path("baseline", folder: folder)
        for name in try table.strings("compare") ?? [] {
            guard let extra = Extra(rawValue: name) else {
                throw table.error("compare", "takes \"comments\" and \"privileges\"")
            }
            compare.insert(extra)
        }
        for rule in try table.strings("ignore") ?? [] {
            do throws(IgnoreRuleError) { ignore.append(try IgnoreRule(parsing: rule)) } catch {
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
        case (_?, _?): throw table.error("url_file", "cannot stand beside url")
        }
    }

    private static func environment(_ table: inout SettingsTable) throws(SettingsError) -> [String: String] {
        guard var variables = try table.table("environment") else { return usualEnvironment }
        let parts = Set(AddressPart.allCases.map(\.rawValue))
        var environment: [String: String] = [:]
        for key in variables.keys { environment[key] = try variables.expanded(key, keeping: parts) }
        return environment
    }
}
