import Subprocess
import Support

/// The statements that an agent runs to read the catalog, taken from the server's log, so that psql can run the same.
struct CatalogQueries {
    /// A file for `psql --file`.
    let script: String

    /// - Parameters:
    ///   - log: the server's log with all statements of the agent's first diagnosis.
    ///   - process: the process id of the agent's backend.
    init(log: String, process: String, in folder: TemporaryFolder) throws {
        var transaction: [String] = []
        var isOurs = false
        var found: [String]?
        for line in log.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("\t") {
                if isOurs, !transaction.isEmpty { transaction[transaction.count - 1] += "\n\(line)" }
                continue
            }
            isOurs = line.contains("[\(process)] LOG:  execute <unnamed>: ")
            guard isOurs, let start = line.firstRange(of: "<unnamed>: ")?.upperBound else { continue }
            let statement = String(line[start...])
            if statement.hasPrefix("BEGIN") { transaction = [] }
            transaction.append(statement)
            if statement == "COMMIT", transaction.contains(where: { $0.contains("pg_get_viewdef") }) {
                found = found ?? transaction
            }
        }
        guard let found else { throw SupportError("The log does not contain the statements that read the catalog.") }
        script = try folder.write("catalog.sql", found.map { $0 + ";\n" }.joined())
    }

    /// Runs the statements and discards the rows.
    func psql(_ url: String, in folder: TemporaryFolder) -> TimedCommand {
        TimedCommand(
            program: "/usr/bin/psql",
            arguments: [
                "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1", "--output",
                "/dev/null", "--file", script, url,
            ], environment: .inherit, folder: folder.path)
    }
}
