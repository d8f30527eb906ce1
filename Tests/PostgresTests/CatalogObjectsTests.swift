import Postgres
import Schema
import Support
import Testing

/// Statements, and the expected catalog of a database after running them.
struct CatalogCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var statements: [String]
    /// In addition to `public`.
    var schemas: [String] = []
    var tables: [Table] = []
    var sequences: [Sequence] = []
    var types: [UserType] = []
    var routines: [Routine] = []
    /// Statements that may fail, each run separately.
    var failing: [String] = []

    /// The expected catalog, with the server's version and the extension that every database has.
    func catalog(like other: Catalog) -> Catalog {
        Catalog(
            serverVersion: other.serverVersion, schemas: ["public"] + schemas,
            tables: tables.map { Self.printed($0, by: other.serverVersion) }, sequences: sequences,
            types: types, routines: routines,
            extensions: [Extension(name: "plpgsql", version: "1.0", schema: "pg_catalog")])
    }

    /// From version 16 on PostgreSQL leaves out the table's name before a column in the text of a view with one table.
    private static func printed(_ table: Table, by serverVersion: Int) -> Table {
        guard serverVersion >= 160_000 else { return table }
        var table = table
        table.definition?.replace(/\b[tv]\.a\b/, with: "a")
        return table
    }
}

/// Every kind of object with its expected value.
@Suite struct CatalogObjectsTests {
    static func read(
        _ url: String, _ options: CatalogReader.Options = CatalogReader.Options()
    ) async throws -> Catalog {
        let connection = try connection(url) { $0 = .read(applicationName: "reader") }
        let catalog = try await connection.withSession { session throws(PostgresError) in
            try CatalogReader.read(session, options)
        }
        await connection.close()
        return catalog
    }

    @Test(arguments: cases) func objectsAreRead(_ example: CatalogCase) async throws {
        try await TestCluster.withDatabase { url in
            let owner = try connection(url)
            for statement in example.statements { try await owner.query(statement) }
            for statement in example.failing { _ = try? await owner.query(statement) }
            let catalog = try await Self.read(url)
            let expected = example.catalog(like: catalog)
            #expect(catalog.tables == expected.tables)
            #expect(catalog == expected)
            #expect(try await Self.read(url) == catalog)
            // A read without definitions returns everything else unchanged.
            let bare = try await Self.read(url, CatalogReader.Options(definitions: false))
            #expect(bare == expected.withoutDefinitions())
            await owner.close()
        }
    }

    static let cases = [
        columns, partitions, inheritance, otherTables, constraints, indexes, triggers, policies, sequences, types,
        views,
        routines,
    ]
}

extension Catalog {
    /// The catalog as a read without definitions returns it.
    func withoutDefinitions() -> Catalog {
        var catalog = self
        for table in catalog.tables.indices {
            catalog.tables[table].definition = nil
            catalog.tables[table].partitionKey = nil
            for column in catalog.tables[table].columns.indices {
                catalog.tables[table].columns[column].default = nil
                catalog.tables[table].columns[column].generated = nil
            }
            for part in catalog.tables[table].constraints.indices {
                catalog.tables[table].constraints[part].definition = ""
            }
            for part in catalog.tables[table].indexes.indices { catalog.tables[table].indexes[part].definition = "" }
            for part in catalog.tables[table].triggers.indices { catalog.tables[table].triggers[part].definition = "" }
            for part in catalog.tables[table].policies.indices {
                catalog.tables[table].policies[part].using = nil
                catalog.tables[table].policies[part].check = nil
            }
        }
        for type in catalog.types.indices {
            if case .domain(let base, let nullable, _, let checks) = catalog.types[type].definition {
                catalog.types[type].definition = .domain(
                    base: base, nullable: nullable, default: nil, checks: checks.mapValues { _ in "" })
            }
        }
        for routine in catalog.routines.indices { catalog.routines[routine].definition = nil }
        return catalog
    }
}
