import Postgres
import Schema
import Support
import Testing

/// The number of statements of a read does not depend on the number of tables.
@Suite struct CatalogCostTests {
    @Test(arguments: [true, false]) func numberOfStatementsIsConstant(definitions: Bool) async throws {
        try await TestCluster.own(
            .init(parameters: ["log_statement": "all", "log_line_prefix": "%a|"])
        ) { cluster in
            let url = await cluster.url()
            let counts = try await [1, 300].asyncMap { tables in
                try await TestCluster.execute(
                    url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public",
                    """
                    DO $$ BEGIN FOR i IN 1..\(tables) LOOP
                        EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, a int CHECK (a > 0), b int '
                                       'REFERENCES t%s)', i, i);
                        EXECUTE format('CREATE INDEX ON t%s (a)', i);
                        EXECUTE format('CREATE VIEW v%s AS SELECT a FROM t%s', i, i);
                        EXECUTE format('CREATE TYPE e%s AS ENUM (''a'')', i);
                    END LOOP; END $$
                    """)
                let name = "counted \(tables)"
                let reader = try connection(url) { $0 = .read(applicationName: name) }
                let catalog = try await reader.withSession { session throws(PostgresError) in
                    try CatalogReader.read(session, CatalogReader.Options(definitions: definitions))
                }
                #expect(catalog.tables.count == 2 * tables)
                await reader.close()
                let log = await cluster.log(lines: .max).split(separator: "\n")
                return log.count { $0.hasPrefix("\(name)|LOG:  execute") }
            }
            #expect(counts[0] == counts[1])
            #expect((10...40).contains(counts[0]))
        }
    }
}

extension [Int] {
    fileprivate func asyncMap<T>(
        isolation: isolated (any Actor)? = #isolation, _ body: (Int) async throws -> T
    ) async throws -> [T] {
        var values: [T] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}
