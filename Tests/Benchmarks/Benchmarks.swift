import FoundationEssentials
import Glibc
import Support

/// `make bench`: compares the programs with Alembic's command line, psql and a server in C. Both sides of a ratio are
/// measured alternately on the same machine, so that ratios of different machines are comparable.
///
/// Exit status 0: everything was measured, whether or not the targets are met; 1: a measurement failed.
@main struct Benchmarks {
    /// Runs of Alembic; each takes about a second.
    private static let rounds = 15
    /// Runs of `adminctl` for each run of Alembic.
    private static let callsPerRound = 3
    private static let starts = 15

    static func main() async {
        do {
            let figures = try await TemporaryFolder.with { folder in
                var figures: [Figure] = []
                if isSelected("example") { figures += try await measure(in: folder) }
                if isSelected("schema") { figures += try await SchemaFigures.measure(in: folder, log: log) }
                if isSelected("replay") { figures += try await ReplayFigures.measure(in: folder, log: log) }
                // Takes minutes, so only when it is named.
                if CommandLine.arguments.contains("shared") {
                    figures += try await SharedReplayFigures.measure(in: folder, log: log)
                }
                if isSelected("graph") { figures += try await GraphFigures.measure(in: folder, log: log) }
                return figures
            }
            print(Figure.table(figures))
        } catch {
            log("benchmarks: \(error)")
            exit(1)
        }
    }

    /// Whether the command line names the part, or no part at all.
    private static func isSelected(_ part: String) -> Bool {
        CommandLine.arguments.count < 2 || CommandLine.arguments.contains(part)
    }

    private static func measure(in folder: TemporaryFolder) async throws -> [Figure] {
        log("Creating the database of the example …")
        let environment = try await BenchmarkEnvironment.prospects(in: folder)
        log("Starting schemad \(starts) times …")
        var readiness: [Duration] = []
        for _ in 0..<starts { readiness.append(try await environment.timeUntilReady()) }

        let agent = try await environment.startAgent()
        try await environment.waitForReplay()
        log("Running adminctl and alembic alternately, \(rounds) rounds …")
        let diagnose = try await alternate(environment.adminctl("diagnose"), environment.alembic("current"))
        let migrate = try await alternate(environment.adminctl("migrate"), environment.alembic("upgrade", "heads"))
        let memory = try agent.residentBytes()
        let service = try await ThroughputFigures.measure(environment, in: folder, log: log)
        agent.signal(SIGTERM)
        try await agent.wait()
        try await environment.end()

        return [
            .ratio("adminctl diagnose, warm agent", diagnose.ours, "alembic current", diagnose.theirs, atLeast: 50),
            .ratio(
                "adminctl migrate, nothing pending", migrate.ours, "alembic upgrade heads", migrate.theirs, atLeast: 30),
            .duration("schemad, start until ready", median(readiness), atMost: .milliseconds(100)),
            .bytes("schemad, resident memory after these runs", memory, atMost: 60_000_000),
        ] + service
    }

    private static func alternate(
        _ ours: TimedCommand, _ theirs: TimedCommand
    ) async throws -> (ours: Duration, theirs: Duration) {
        try await compare(ours, theirs, rounds: rounds, callsPerRound: callsPerRound)
    }

    /// Prints a line on standard error; standard output has only the table.
    private static func log(_ line: String) {
        Array("\(line)\n".utf8).withUnsafeBytes { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

extension BackgroundProgram {
    /// `VmRSS` of proc_pid_status(5), in bytes; the file has units of 1024 bytes.
    func residentBytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(processIdentifier)/status", encoding: .utf8)
        for line in status.split(separator: "\n") where line.hasPrefix("VmRSS:") {
            if let kibibytes = line.split(whereSeparator: \.isWhitespace).compactMap({ Int($0) }).first {
                return kibibytes * 1024
            }
        }
        throw SupportError("/proc/\(processIdentifier)/status has no VmRSS.")
    }
}
