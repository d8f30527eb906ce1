import Postgres
import Support

/// The example project with its database in one of the broken states of its own script.
enum Prospects {
    static let project = "\(RepositoryRoot.path)/deploy/examples/prospects"
    static let base = "000000000000"
    static let beforeHead = "38d1f5a6e20b"
    static let head = "f4c7a91e0b23"
    static let unknown = "d7e5a90c1b38"
    /// What is gone wherever columns are.
    static let droppedColumns = [
        "bio_text", "engagement_rate", "external_links", "follower_count", "last_enriched_at", "preferred_language",
    ]

    /// Each state is made once; the tests get copies.
    private actor Templates {
        static let shared = Templates()
        private var made: [String: Task<String, any Error>] = [:]

        func name(_ state: String) async throws -> String {
            let task =
                made[state]
                ?? Task {
                    let (url, name) = try await TestCluster.database()
                    let outcome = try await Program.run(
                        TestPython.interpreter, ["\(Prospects.project)/break.py", state],
                        environment: ["DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"])
                    guard outcome.status == 0 else { throw SupportError("break.py \(state): \(outcome.standardError)") }
                    return name
                }
            made[state] = task
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
        try await Turn.with {
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

    /// The application's data, without what a state may have dropped: equal before and after every repair.
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
