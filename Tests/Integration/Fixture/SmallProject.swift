import FoundationEssentials
import Support

/// A small Alembic project in which tests break one thing.
struct SmallProject: Sendable {
    /// The setting `environment` for the default `env.py`.
    static let variables = ["DATABASE_URL": "${url+psycopg}"]

    /// `env.py` in the shape of Alembic's template.
    ///
    /// - Parameters:
    ///   - start: lines before the engine is created.
    ///   - connected: a line that runs with the open connection.
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

    /// The base revision: it creates the table of the models, and a table that records each revision that has run.
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

    /// Writes a revision that adds its id to `steps`.
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

    /// Writes a linear history above the base: `b00000000001` and so on.
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

/// An agent with a small project and an empty database.
struct ProjectFixture: Sendable {
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
        _ body: (ProjectFixture) async throws -> T
    ) async throws -> T {
        try await TestSlots.with {
            try await TestDatabase.with { database in
                try await AgentFixture.with(starts: starts) { folder in
                    let project = try SmallProject(in: folder, environment: environment)
                    var settings = AgentFixture.Settings(
                        url: database.url, project: project.path, environment: SmallProject.variables)
                    try arrange(&settings, project)
                    return settings
                } body: { agent in
                    let project = SmallProject(existing: agent.folder)
                    return try await body(ProjectFixture(agent: agent, project: project, database: database))
                }
            }
        }
    }

    /// Starts the agent when the project's files are old enough to be cached. The agent does not cache the result of a
    /// file that has just changed, because a second write soon after might not change its times.
    func startWhenFilesAreStable() async throws {
        let marker = try agent.folder.write("marker", "")
        try await eventually("the project's files are old enough") {
            let written = try FileManager.default.attributesOfItem(atPath: marker)[.modificationDate] as? Date
            return written.map { $0.timeIntervalSinceNow < -0.2 } ?? true
        }
        try await agent.start()
    }

    /// The revisions that have run, in order; a revision that ran twice appears twice.
    func steps() async throws -> [String?] {
        guard try await database.value("SELECT to_regclass('steps')") != nil else { return [] }
        return try await database.column("SELECT revision FROM steps ORDER BY ctid")
    }
}

extension SmallProject {
    /// The project that is already in this folder.
    init(existing folder: TemporaryFolder) {
        self.folder = folder
        path = folder.path("project")
    }
}
