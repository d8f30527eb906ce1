import FoundationEssentials
import Glibc
import Support

/// `make bench`: what the agent costs and what it saves against Alembic's own command line, measured in one run on one
/// machine, so that the ratios mean something on any.
///
/// Exit status 0: everything was measured, whether or not it met its target, since machines differ; 1: something could
/// not be measured.
@main struct Benchmarks {
    /// Runs of Alembic; each takes most of a second.
    private static let rounds = 15
    /// Runs of `adminctl` beside each run of Alembic.
    private static let callsPerRound = 3
    private static let starts = 15

    static func main() async {
        do {
            let figures = try await TemporaryFolder.with { folder in
                var figures: [Figure] = []
                if wants("example") { figures += try await measure(in: folder) }
                if wants("schema") { figures += try await SchemaFigures.measure(in: folder, say: say) }
                if wants("graph") { figures += try await GraphFigures.measure(in: folder, say: say) }
                return figures
            }
            print(Figure.table(figures))
        } catch {
            say("benchmarks: \(error)")
            exit(1)
        }
    }

    /// Whether a part was named on the command line, or none was.
    private static func wants(_ part: String) -> Bool {
        CommandLine.arguments.count < 2 || CommandLine.arguments.contains(part)
    }

    private static func measure(in folder: TemporaryFolder) async throws -> [Figure] {
        say("Making the example's database …")
        let stage = try await Stage.prospects(in: folder)
        say("Starting schemad \(starts) times …")
        var readiness: [Duration] = []
        for _ in 0..<starts { readiness.append(try await stage.timeUntilReady()) }

        let agent = try await stage.startAgent()
        try await stage.untilCompared()
        say("Running adminctl and alembic in turns, \(rounds) rounds …")
        let diagnose = try await turns(stage.adminctl("diagnose"), stage.alembic("current"))
        let migrate = try await turns(stage.adminctl("migrate"), stage.alembic("upgrade", "heads"))
        let memory = try agent.residentBytes()
        let service = try await ServiceFigures.measure(stage, in: folder, say: say)
        agent.signal(SIGTERM)
        try await agent.wait()
        try await stage.end()

        return [
            .ratio("adminctl diagnose, warm agent", diagnose.ours, "alembic current", diagnose.theirs, atLeast: 50),
            .ratio(
                "adminctl migrate, nothing to do", migrate.ours, "alembic upgrade heads", migrate.theirs, atLeast: 30),
            .duration("schemad, from start to ready", median(readiness), atMost: .milliseconds(100)),
            .bytes("schemad, resident memory after these", memory, atMost: 40_000_000),
        ] + service
    }

    private static func turns(
        _ ours: TimedCommand, _ theirs: TimedCommand
    ) async throws -> (ours: Duration, theirs: Duration) {
        try await compare(ours, theirs, rounds: rounds, callsPerRound: callsPerRound)
    }

    /// A line on standard error, so that standard output has the table and nothing else.
    private static func say(_ line: String) {
        Array("\(line)\n".utf8).withUnsafeBytes { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

extension BackgroundProgram {
    /// `VmRSS` of proc(5), which counts in units of 1024 bytes.
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
