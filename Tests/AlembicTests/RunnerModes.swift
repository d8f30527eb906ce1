import Alembic
import Postgres
import Schema
import Support
import Synchronization
import Testing

/// The results of every mode of the runner for one project, each in a database of its own.
struct RunnerModes {
    var description: ProjectDescription
    /// The replayed revisions, and those for which `afterRevision` was called.
    var replay: Replay
    var seen: [String]
    /// The objects of the models that could not be created.
    var failures: [ModelCreation.Failure]
    /// The tables created from the models, with their schema unless it is `public`.
    var created: [String]
    /// The revisions that a migration ran, and the rows of the version table after it.
    var applied: [String]
    var rows: [String]

    /// Runs describe, replay and create in empty databases, then migrate.
    ///
    /// - Parameters:
    ///   - prepare: statements that prepare a fresh database for the project.
    ///   - runner: runs the project with a database's URL.
    static func run(
        prepare: [String] = [], isolation: isolated (any Actor)? = #isolation,
        _ runner: (_ url: String) throws -> Runner
    ) async throws -> RunnerModes {
        let nonce = Int64.random(in: 1 ... .max)
        let (description, failures, created) = try await TestCluster.withDatabase { url in
            for statement in prepare { try await TestCluster.execute(url, statement) }
            let runner = try runner(url)
            let description = try await runner.describe(nonce: nonce) { try await holds(nonce, in: url, $0) }
            let creation = try await runner.create(extensions: [], nonce: nonce, deadline: .seconds(60)) {
                try await holds(nonce, in: url, $0)
            }
            return (description, creation.failures, try await tables(url))
        }
        let (replay, seen) = try await TestCluster.withDatabase { url in
            for statement in prepare { try await TestCluster.execute(url, statement) }
            let seen = Mutex<[String]>([])
            let replay = try await runner(url).replay(
                to: ["heads"], nonce: nonce, deadline: .seconds(60), prove: { try await holds(nonce, in: url, $0) },
                afterRevision: { revision in seen.withLock { $0.append(revision) } })
            return (replay, seen.withLock { $0 })
        }
        let (applied, rows) = try await TestCluster.withDatabase { url in
            for statement in prepare { try await TestCluster.execute(url, statement) }
            let run = MigrationRun(
                targets: ["heads"], expectedRows: [], expectedRevisions: replay.applied,
                versionTable: description.versionTable, fence: nonce, deadline: .seconds(60))
            let outcome = try await runner(url).migrate(run, prove: { try await holds(nonce, in: url, $0) })
            let place = description.versionTable
            let table = TableName(schema: place.resolvedSchema, name: place.name).sql()
            let rows = try await TestCluster.execute(url, "SELECT version_num FROM \(table) ORDER BY 1")
            return (outcome.applied, rows.values.compactMap(\.[0]))
        }
        return RunnerModes(
            description: description, replay: replay, seen: seen, failures: failures, created: created,
            applied: applied, rows: rows)
    }

    private static func tables(_ url: String) async throws -> [String] {
        try await TestCluster.execute(
            url,
            """
            SELECT c.oid::regclass::text FROM pg_class c
            WHERE relkind = 'r' AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
            """
        ).values.compactMap(\.[0])
    }

    /// The expectations for every project with the revisions of ``RunnerProject/history()``.
    func expectHistory(_ tables: [String] = ["prospects"], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(description.models?.tables.map(\.name) == tables, sourceLocation: sourceLocation)
        #expect(failures == [], sourceLocation: sourceLocation)
        #expect(replay.applied == ["a1", "b2"] && seen == replay.applied, sourceLocation: sourceLocation)
        #expect(applied == ["a1", "b2"] && rows == ["b2"], sourceLocation: sourceLocation)
    }
}

extension RunnerProject {
    /// Two revisions, whose tables are those of `models`.
    func history() throws {
        try revision("a1", down: nil, "op.execute('CREATE TABLE prospects (id int PRIMARY KEY)')")
        try revision("b2", down: "a1", "op.execute('ALTER TABLE prospects ADD name varchar(50) NOT NULL')")
    }

    /// Replaces a text that must exist, as a user adapts a template.
    func adapt(_ file: String, _ changes: [(old: String, new: String)]) throws {
        var text = try folder.read(file)
        for (old, new) in changes {
            guard text.contains(old) else { throw SupportError("\(file) holds no '\(old)'.") }
            text = text.replacing(old, with: new, maxReplacements: 1)
        }
        try folder.write(file, text)
    }

    /// A project as `alembic init` writes it, with `models.py` beside it.
    static func template(
        _ name: String, models: String = models, isolation: isolated (any Actor)? = #isolation,
        _ body: (RunnerProject) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            try await run(["-m", "alembic", "init", "-t", name, "migrations"], in: folder)
            try folder.write("models.py", models)
            try await body(RunnerProject(folder: folder))
        }
    }

    /// Runs Python in the folder.
    static func run(_ arguments: [String], in folder: TemporaryFolder) async throws {
        let outcome = try await Program.run(TestPython.interpreter, arguments, folder: folder.path)
        guard outcome.status == 0 else { throw SupportError(outcome.standardOutput + outcome.standardError) }
    }
}
