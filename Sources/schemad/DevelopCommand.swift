import Agent
import ArgumentParser

struct DevelopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Try a project: a throwaway PostgreSQL, a key and the agent, until you press Ctrl-C.",
        discussion: """
            Everything lives in a temporary folder that is removed at the end.
            Examples: schemad dev --project ~/src/backend
                      schemad dev --project . --environment 'DB_URL=${url+asyncpg}' --environment MODE=test
            """)

    @Option(help: "The folder with alembic.ini or pyproject.toml.") var project: String
    @Option(help: "The configuration file, relative to the project.") var config = "alembic.ini"
    @Option(help: "The section of the configuration file.") var section = "alembic"
    @Option(help: "The project's interpreter; found as described in the README when left out.") var python: String?
    @Option(help: "A variable for env.py, NAME=VALUE with ${url} in it; may be repeated (default DATABASE_URL=${url}).")
    var environment: [String] = []
    @Option(help: "Use this database and not a throwaway one.") var url: String?
    @Option(help: "What to log on standard error.") var logLevel = "warning"

    func run() async throws {
        let development = Development(
            project: project, config: config, section: section, python: python, environment: environment, url: url)
        try await development.run(logger: Report.logger(logLevel)) { Report.say($0) }
    }
}
