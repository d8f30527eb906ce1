import ArgumentParser
import Offline

struct SnapshotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Replay a project's migrations on a throwaway PostgreSQL and write the resulting schemas to a file.",
        discussion: """
            Run it where images are built. With `snapshot = FILE` in its settings, an agent needs neither a throwaway \
            PostgreSQL nor a replay; it compares with the file until the scripts change.
            Exit status 0, 69 when nothing could be replayed.
            Examples: schemad snapshot --project ~/src/backend --out schema.snapshot
                      schemad snapshot --project . --out schema.snapshot --environment 'DB_URL=${url+asyncpg}'
            """)

    @Option(help: "The folder with alembic.ini or pyproject.toml.", completion: .directory) var project: String
    @Option(help: "The file to write.", completion: .file()) var out: String
    @Option(help: "The configuration file, relative to the project (default alembic.ini, or migrations/alembic.ini).")
    var config: String?
    @Option(help: "The section of the configuration file.") var section = "alembic"
    @Option(help: "The project's interpreter; by default $VIRTUAL_ENV, .venv or venv in the project, or python3.")
    var python: String?
    @Option(name: .customShort("x"), help: "An -x argument for env.py; may be repeated.") var x: [String] = []
    @Option(help: "A variable for env.py, NAME=VALUE with ${url} in it; may be repeated (default DATABASE_URL=${url}).")
    var environment: [String] = []
    @Option(help: "An option of Alembic's configuration, NAME=VALUE with ${url} in it, such as sqlalchemy.url=${url}.")
    var option: [String] = []
    @Option(help: "A server on which databases may be created and dropped; by default a throwaway one is started.")
    var url: String?
    @Option(help: "An SQL dump that the history starts from.", completion: .file()) var baseline: String?
    @Option(help: "How long env.py may run when nothing is migrated, such as 3m (default 60s).")
    var environmentDeadline: DeadlineArgument?
    @Option(help: "How long the replay of the migrations may take, such as 30m (default 10m).")
    var replayDeadline: DeadlineArgument?

    func run() async throws {
        let snapshot = Snapshot(
            project: project, config: config, section: section, python: python, x: x, environment: environment,
            options: option, url: url, baseline: baseline,
            environmentDeadline: environmentDeadline?.duration, replayDeadline: replayDeadline?.duration)
        let report = try await snapshot.write(to: out)
        Report.printError(report.gaps.map { "schemad: left out: \($0)" })
        Report.say(report.summary)
    }
}
