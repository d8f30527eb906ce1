import Alembic
import Postgres
import Schema
import Support
import Testing

@testable import Inspection

/// What follows from the settings of a database without a server.
@Suite struct SettingsValueTests {
    private static func variables(_ url: String, _ environment: [String: String]) throws -> [String: String] {
        var settings = DatabaseSettings(
            name: "main", project: "/srv/app", config: "alembic.ini", section: "alembic", python: "/usr/bin/python3")
        settings.environment = environment
        return settings.runner(for: try DatabaseAddress(url)).environment
    }

    @Test func partsOfTheAddress() throws {
        let names = ["url", "host", "port", "user", "password", "database"]
        let environment = Dictionary(uniqueKeysWithValues: names.map { ($0.uppercased(), "${\($0)}") })
        let variables = try Self.variables("postgresql://app:p%40ss@db.internal:6543/orders", environment)
        #expect(variables["HOST"] == "db.internal" && variables["PORT"] == "6543" && variables["USER"] == "app")
        #expect(variables["PASSWORD"] == "p@ss" && variables["DATABASE"] == "orders")
        #expect(variables["URL"]?.hasPrefix("postgresql://app:p%40ss@db.internal:6543/orders") == true)
    }

    @Test func driversAndOtherText() throws {
        let variables = try Self.variables(
            "postgresql://app@h/d", ["A": "${url+asyncpg}", "B": "x${database}y${host}", "C": "${other} $5"])
        #expect(variables["A"]?.hasPrefix("postgresql+asyncpg://app@h") == true)
        #expect(variables["B"] == "xdyh")
        #expect(variables["C"] == "${other} $5", "unknown names stay as they are")
    }

    @Test func optionsAreExpandedLikeVariables() throws {
        var settings = DatabaseSettings(name: "m", project: "/", config: "", section: "", python: "python3")
        settings.options = ["sqlalchemy.url": "${url+psycopg}", "other": "$${url} ${host}"]
        let runner = settings.runner(for: try DatabaseAddress("postgresql://app:p%40s@h/d"))
        #expect(runner.options["sqlalchemy.url"]?.hasPrefix("postgresql+psycopg://app:p%40s@h") == true)
        #expect(runner.options["other"] == "${url} h")
        #expect(try Self.variables("postgresql://h/d", ["A": "$${host}$${x}"]) == ["A": "${host}${x}"])
    }

    /// For an env.py that takes the address from `sqlalchemy.url`.
    @Test func theAddressOfTheRunner() throws {
        var settings = DatabaseSettings(name: "m", project: "/", config: "", section: "", python: "python3")
        settings.environment = ["A": "${url+asyncpg}", "B": "x${host}", "C": "$${url}", "D": "${other}", "E": "text"]
        let runner = settings.runner(for: try DatabaseAddress("postgresql://app:p%40s@h/d"))
        #expect(runner.url?("psycopg").hasPrefix("postgresql+psycopg://app:p%40s@h") == true)
        #expect(runner.url?(nil).hasPrefix("postgresql://app:p%40s@h") == true)
        #expect(runner.addressVariables == ["A", "B"])
    }

    @Test func variablesOfACommandLine() {
        #expect(DatabaseSettings.variables(["A=1", "B=x=y", "A=2", "C"]) == ["A": "2", "B": "x=y", "C": ""])
    }

    @Test func catalogOptions() {
        var settings = DatabaseSettings(name: "m", project: "/", config: "", section: "", python: nil)
        #expect(!settings.catalogOptions.comments && !settings.catalogOptions.privileges)
        settings.compare = [.comments]
        #expect(settings.catalogOptions.comments && !settings.catalogOptions.privileges)
    }

    @Test func aURLThatCannotBeParsed() {
        var settings = DatabaseSettings(name: "main", project: "/", config: "", section: "", python: nil)
        settings.url = "postgresql://[::1"
        let error = #expect(throws: InspectionError.self) {
            _ = try ManagedDatabase(settings, stateDirectory: "/tmp", shadow: ShadowServer(ShadowSettings()))
        }
        #expect(error?.code == .invalidSettings && error?.message.hasPrefix("databases.main.url: ") == true)
    }

    /// The file of accepted differences is read again when it changes.
    @Test func theBaselineFile() async throws {
        let none = try BaselineFile(nil).current().content.get()
        #expect(none == nil)
        try await TemporaryFolder.with { folder in
            let file = BaselineFile(folder.path("baseline.json"))
            #expect(throws: InspectionError.self) { try file.current().content.get() }
            try folder.write("baseline.json", "{")
            let broken = file.current()
            #expect(throws: InspectionError.self) { try broken.content.get() }
            #expect(file.current().reads == broken.reads, "an unchanged file is not read again")
        }
    }

    @Test(
        arguments: [
            (PostgresError.Kind.unreachable, nil, InspectionError.Code.databaseUnavailable),
            (.connectionLost, nil, .databaseUnavailable), (.unknownDatabase, "3D000", .databaseUnavailable),
            (.authentication, "28P01", .permissionDenied), (.permissionDenied, "42501", .permissionDenied),
            (.configuration, nil, .precondition), (.changedMeanwhile, nil, .precondition),
            (.lockTimeout, "55P03", .conflict), (.canceled, "57014", .deadlineExceeded),
            (.server, "42P01", .precondition),
            (.server, "40001", .databaseUnavailable), (.server, "53300", .databaseUnavailable),
        ] as [(PostgresError.Kind, String?, InspectionError.Code)])
    func errors(kind: PostgresError.Kind, sqlstate: String?, code: InspectionError.Code) {
        let error = InspectionError(PostgresError(kind: kind, sqlstate: sqlstate, message: "no"), database: "main")
        #expect(error.code == code && error.sqlstate == sqlstate && error.message.hasPrefix("database main: "))
    }
}

/// Which older images a live schema serves.
@Suite struct ImageCompatibilityTests {
    @Test(
        arguments: [
            (["a", "b", "c"], ["b"], true), (["a", "c"], ["b"], false), (["a", "c"], ["a"], true),
        ] as [([String], [String], Bool)])
    func images(live: [String], heads: [String], expected: Bool) {
        let compatibility = ImageCompatibility(
            InspectionFixture.history(), live: InspectionFixture.catalog(live), versionTables: [],
            defaultSchema: "public")
        #expect(!compatibility.knows(heads))
        #expect(compatibility.serves(heads, InspectionFixture.graph) == expected)
        #expect(compatibility.knows(heads))
        #expect(compatibility.serves(heads, InspectionFixture.graph) == expected)
    }

    /// A history that stopped before the image's revisions decides nothing.
    @Test func anIncompleteHistory() {
        var history = SchemaHistory(base: Catalog(schemas: ["public"], tables: []))
        history.append(revision: "a", rows: ["a"], catalog: InspectionFixture.catalog(["a"]))
        history.fail(revision: "b", message: "no such type")
        let compatibility = ImageCompatibility(
            history, live: InspectionFixture.catalog(["a", "b", "c"]), versionTables: [], defaultSchema: "public")
        #expect(compatibility.serves(["a"], InspectionFixture.graph) == true)
        #expect(compatibility.serves(["b"], InspectionFixture.graph) == nil)
    }
}
