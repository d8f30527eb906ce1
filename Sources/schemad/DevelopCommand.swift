import Agent
import ArgumentParser
import Offline

struct DevelopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Try a project with a throwaway PostgreSQL, a key and an agent, until Ctrl-C.",
        discussion: """
            All files are in a temporary folder that is removed at the end.
            Examples: schemad dev --project ~/src/backend
                      schemad dev --project . --environment 'DB_URL=${url+asyncpg}' --environment MODE=test
            """)

    @Option(help: "The folder with alembic.ini or pyproject.toml.") var project: String
    @Option(help: "The configuration file, relative to the project (default alembic.ini, or migrations/alembic.ini).")
    var config: String?
    @Option(help: "The section of the configuration file.") var section = "alembic"
    @Option(help: "The project's interpreter; by default $VIRTUAL_ENV, .venv or venv in the project, or python3.")
    var python: String?
    @Option(help: "A variable for env.py, NAME=VALUE with ${url} in it; may be repeated (default DATABASE_URL=${url}).")
    var environment: [String] = []
    @Option(help: "An option of Alembic's configuration, NAME=VALUE with ${url} in it, such as sqlalchemy.url=${url}.")
    var option: [String] = []
    @Option(help: "Use this database instead of a throwaway one.") var url: String?
    @Option(help: "A server for the shadow, on which databases may be created (default: a throwaway one).")
    var shadowUrl: String?
    @Option(help: "An SQL dump that the history starts from.", completion: .file()) var baseline: String?
    @Option(help: "How long env.py may run when nothing is migrated, such as 3m (default 60s).")
    var environmentDeadline: DeadlineArgument?
    @Option(help: "How long the replay of the migrations may take, such as 30m (default 10m).")
    var replayDeadline: DeadlineArgument?
    @Option(help: "What to log on standard error.") var logLevel = "warning"

    func run() async throws {
        let development = Development(
            project: project, config: config, section: section, python: python, environment: environment,
            options: option, url: url, shadowURL: shadowUrl, baseline: baseline,
            environmentDeadline: environmentDeadline?.duration, replayDeadline: replayDeadline?.duration)
        let logger = try Report.logger(logLevel)
        try await development.run(say: Report.say) { settings, onReady in
            try await Serve(settings: try AgentSettings.read(path: settings), logger: logger).run(onReady: onReady)
        }
    }
}
