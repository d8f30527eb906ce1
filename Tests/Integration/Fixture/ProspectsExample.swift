import Postgres
import Support

/// The example project, with a database in one of the states that its script `break.py` creates.
enum ProspectsExample {
    static let project = "\(RepositoryRoot.path)/deploy/examples/prospects"
    static let base = "000000000000"
    static let beforeHead = "38d1f5a6e20b"
    static let head = "f4c7a91e0b23"
    static let unknown = "d7e5a90c1b38"
    /// The columns that states with dropped columns lack.
    static let droppedColumns = [
        "bio_text", "engagement_rate", "external_links", "follower_count", "last_enriched_at", "preferred_language",
    ]

    /// A template database for each state, created once; the tests get copies.
    private actor Templates {
        static let shared = Templates()
        private var created: [String: Task<String, any Error>] = [:]

        func name(_ state: String) async throws -> String {
            let task =
                created[state]
                ?? Task {
                    let (url, name) = try await TestCluster.database()
                    let outcome = try await Program.run(
                        TestPython.interpreter, ["\(ProspectsExample.project)/break.py", state],
                        environment: ["DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"])
                    guard outcome.status == 0 else { throw SupportError("break.py \(state): \(outcome.standardError)") }
                    return name
                }
            created[state] = task
            return try await task.value
        }
    }

    /// Runs the body with a database in that state.
    static func withDatabase<T: Sendable>(
        _ state: String, isolation: isolated (any Actor)? = #isolation, _ body: (TestDatabase) async throws -> T
    ) async throws -> T {
        try await TestDatabase.with(copyOf: try await Templates.shared.name(state), body)
    }

    /// Runs the body with an agent for a database in that state.
    static func withAgent<T: Sendable>(
        _ state: String, isolation: isolated (any Actor)? = #isolation,
        settings change: @escaping @Sendable (inout AgentFixture.Settings) -> Void = { _ in },
        _ body: (AgentFixture, TestDatabase) async throws -> T
    ) async throws -> T {
        try await TestSlots.with {
            try await withDatabase(state) { database in
                try await AgentFixture.with { _ in
                    var settings = AgentFixture.Settings(url: database.url, project: project)
                    change(&settings)
                    return settings
                } body: { agent in
                    try await body(agent, database)
                }
            }
        }
    }

    /// A digest of the application's data without the columns that a state may lack. No repair changes it.
    static func data(_ database: TestDatabase) async throws -> [String?] {
        let tables = try await database.column(
            """
            SELECT c.relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND relname <> 'alembic_version' ORDER BY 1
            """)
        var data = tables
        for table in tables {
            let minus = droppedColumns.map { "- '\($0)'" }.joined(separator: " ")
            data.append(
                try await database.value(
                    """
                    SELECT count(*) || md5(string_agg((to_jsonb(t) \(minus))::text, ',' ORDER BY id))
                    FROM \(table ?? "") t
                    """
                ))
        }
        return data
    }
}
