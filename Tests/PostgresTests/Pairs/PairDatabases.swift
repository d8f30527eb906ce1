import FoundationEssentials
import Postgres
import Schema
import Support

/// Many pairs in two databases, read together: each pair has schemas of its own.
struct PairDatabases {
    var pairs: [SchemaPair]
    private var expected: [String: Catalog] = [:]
    private var live: [String: Catalog] = [:]
    /// The normalized forms, from the database of the expected sides, of the texts that differ within the pairs.
    private(set) var parsed: [ExpressionText: String] = [:]

    /// Creates the pairs and reads both sides.
    init(_ pairs: [SchemaPair]) async throws {
        self.pairs = pairs
        let (first, second) = (try await TestCluster.database(), try await TestCluster.database())
        do {
            let restored = pairs.filter { $0.live == nil }
            async let others: Void = Self.run(pairs.compactMap { pair in pair.live.map { (pair, $0) } }, in: second.url)
            try await Self.run(restored.map { ($0, $0.expected) }, in: first.url)
            try await Self.restore(from: first.url, into: second.url, isEmpty: restored.isEmpty)
            try await Self.run(pairs.filter { $0.live != nil }.map { ($0, $0.expected) }, in: first.url)
            try await others
            try await Self.run(pairs.map { ($0, $0.changes.flatMap(\.statements)) }, in: second.url)
            (expected, live) = (try await Self.read(first.url), try await Self.read(second.url))
            let texts = pairs.flatMap { PairTests.compare($0, expected($0), live($0), models: nil).textsToParse }
            parsed = try await Self.parse(texts, in: first.url)
            try await TestCluster.drop(first.name)
            try await TestCluster.drop(second.name)
        } catch {
            try? await TestCluster.drop(first.name)
            try? await TestCluster.drop(second.name)
            throw error
        }
    }

    func expected(_ pair: SchemaPair) -> Catalog { expected[pair.prefix] ?? Catalog(tables: []) }

    func live(_ pair: SchemaPair) -> Catalog { live[pair.prefix] ?? Catalog(tables: []) }

    /// Runs all statements as one script, which is faster than thousands of separate calls.
    private static func run(_ scripts: [(SchemaPair, [String])], in url: String) async throws {
        let text = scripts.map { $1.isEmpty ? "" : "BEGIN;\n\($1.map { $0 + ";\n" }.joined())COMMIT;\n" }.joined()
        try await psql(url, "SET client_min_messages = warning;\n" + text)
    }

    /// Runs a script from a file, because after an error psql does not read its input to the end.
    private static func psql(_ url: String, _ text: String) async throws {
        try await TemporaryFolder.with { folder in
            let script = try folder.write("script.sql", text)
            let outcome = try await Program.run(
                "psql",
                ["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--output", "/dev/null", "--file", script, url])
            guard outcome.status == 0 else {
                throw SupportError("psql: \(outcome.standardError.suffix(4000))\nseed \(PairTests.seed)")
            }
        }
    }

    private static func restore(from source: String, into target: String, isEmpty: Bool) async throws {
        if isEmpty { return }
        let dump = try await Program.run(await ServerPrograms.dumpProgram(), ["--no-owner", source])
        guard dump.status == 0 else { throw SupportError("pg_dump: \(dump.standardError)") }
        try await psql(target, dump.standardOutput)
    }

    private static func parse(_ texts: [ExpressionText], in url: String) async throws -> [ExpressionText: String] {
        let connection = try connection(url)
        let results = try await connection.withSession { session throws(PostgresError) in
            try ExpressionReader.readBack(texts, session)
        }
        await connection.close()
        return results
    }

    /// The catalog of each pair, by prefix.
    private static func read(_ url: String) async throws -> [String: Catalog] {
        let connection = Connection(try DatabaseAddress(url), SessionOptions(applicationName: "tests"))
        let whole = try await connection.withSession { session throws(PostgresError) in
            try CatalogReader.read(session)
        }
        await connection.close()
        var catalogs: [String: Catalog] = [:]
        func put<Member>(_ members: [Member], _ list: WritableKeyPath<Catalog, [Member]>, _ schema: (Member) -> String)
        {
            for member in members {
                let prefix = String(schema(member).prefix(4))
                catalogs[prefix, default: Catalog(serverVersion: whole.serverVersion, tables: [])][keyPath: list]
                    .append(member)
            }
        }
        put(whole.schemas, \.schemas) { $0 }
        put(whole.tables, \.tables, \.schema)
        put(whole.sequences, \.sequences, \.schema)
        put(whole.types, \.types, \.schema)
        put(whole.routines, \.routines, \.schema)
        return catalogs
    }
}
