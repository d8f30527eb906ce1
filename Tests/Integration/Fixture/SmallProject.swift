import FoundationEssentials
import Support

/// An Alembic project of a few lines, to be broken in one place.
struct SmallProject: Sendable {
    /// The settings' `environment` that `standard` reads.
    static let variables = ["DATABASE_URL": "${url+psycopg}"]

    /// `env.py` in the shape of Alembic's template.
    ///
    /// - Parameters:
    ///   - start: lines before anything is connected.
    ///   - connected: a line that runs with an open connection.
    ///   - arguments: further arguments of `context.configure`.
    static func environment(
        start: String = "pass", url: String = "os.environ[\"DATABASE_URL\"]", connected: String = "pass",
        arguments: String = "transaction_per_migration=True"
    ) -> String {
        """
        import os
        import sys
        from alembic import context
        from sqlalchemy import create_engine, pool, text
        from models import metadata

        \(start)
        engine = create_engine(\(url), poolclass=pool.NullPool)
        with engine.connect() as connection:
            \(connected)
            context.configure(connection=connection, target_metadata=metadata, \(arguments))
            with context.begin_transaction():
                context.run_migrations()
        """
    }

    private static let models = """
        import sqlalchemy as sa

        metadata = sa.MetaData()
        sa.Table("notes", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("text", sa.Text))
        """

    /// The revision at the base: the table of the models, and one that records each revision that has run.
    static let base = "a00000000000"

    let folder: TemporaryFolder
    let path: String

    init(in folder: TemporaryFolder, environment: String = SmallProject.environment()) throws {
        self.folder = folder
        path = folder.path("project")
        try folder.write("project/alembic.ini", "[alembic]\nscript_location = migrations\nprepend_sys_path = .\n")
        try folder.write("project/migrations/env.py", environment)
        try folder.write("project/models.py", Self.models)
        try revision(
            Self.base, down: nil,
            """
            op.execute("CREATE TABLE notes (id integer PRIMARY KEY, text text)")
            op.execute("CREATE TABLE steps (revision text)")
            """)
    }

    /// Writes a revision; it records in `steps` that it ran.
    func revision(_ id: String, down: String?, _ upgrade: String = "pass") throws {
        let body = upgrade.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
        try folder.write(
            "project/migrations/versions/\(id).py",
            """
            from alembic import op

            revision = "\(id)"
            down_revision = \(down.map { "\"\($0)\"" } ?? "None")
            branch_labels = None
            depends_on = None


            def upgrade():
            \(body)
                op.execute("INSERT INTO steps VALUES ('\(id)')")
            """)
    }

    /// Writes a line of revisions above the base: `b00000000001` and so on.
    @discardableResult
    func revisions(_ count: Int, _ upgrade: (Int) -> String = { _ in "pass" }) throws -> [String] {
        var ids = [Self.base]
        for number in 1...count {
            let id = "b" + String(repeating: "0", count: 11 - "\(number)".count) + "\(number)"
            try revision(id, down: ids.last, upgrade(number))
            ids.append(id)
        }
        return ids
    }
}

/// An agent with a small project and a database.
struct Workshop: Sendable {
    let agent: AgentFixture
    let project: SmallProject
    let database: TestDatabase

    /// Runs the body with an agent for a small project and an empty database.
    ///
    /// - Parameters:
    ///   - arrange: changes the agent's settings and writes the project's revisions.
    static func with<T: Sendable>(
        environment: String = SmallProject.environment(), starts: Bool = true,
        isolation: isolated (any Actor)? = #isolation,
        arrange: @Sendable (inout AgentFixture.Settings, SmallProject) throws -> Void = { _, _ in },
        _ body: (Workshop) async throws -> T
    ) async throws -> T {
        try await Turn.with {
            try await TestDatabase.with { database in
                try await AgentFixture.with(starts: starts) { folder in
                    let project = try SmallProject(in: folder, environment: environment)
                    var settings = AgentFixture.Settings(
                        url: database.url, project: project.path, environment: SmallProject.variables)
                    try arrange(&settings, project)
                    return settings
                } body: { agent in
                    let project = SmallProject(existing: agent.folder)
                    return try await body(Workshop(agent: agent, project: project, database: database))
                }
            }
        }
    }

    /// Starts the agent when the project's files are old enough for it to remember what Python makes of them: a write
    /// that follows another closely might leave no trace in a file's times.
    func startOnceAtRest() async throws {
        let marker = try agent.folder.write("marker", "")
        try await eventually("the project's files are at rest") {
            let written = try FileManager.default.attributesOfItem(atPath: marker)[.modificationDate] as? Date
            return written.map { $0.timeIntervalSinceNow < -0.2 } ?? true
        }
        try await agent.start()
    }

    /// The revisions that have run, in the order in which they did, each as often as it did.
    func steps() async throws -> [String?] {
        guard try await database.value("SELECT to_regclass('steps')") != nil else { return [] }
        return try await database.column("SELECT revision FROM steps ORDER BY ctid")
    }
}

extension SmallProject {
    /// The project that was written into this folder.
    init(existing folder: TemporaryFolder) {
        self.folder = folder
        path = folder.path("project")
    }
}
