import FoundationEssentials
import Glibc
import Support

/// Responses from memory, compared with a simple server in C that sends the same bytes.
enum ThroughputFigures {
    private static let rounds = 7
    private static let milliseconds = "700"

    /// - Parameter environment: an environment whose agent runs and has replayed the migrations.
    static func measure(_ environment: BenchmarkEnvironment, in folder: TemporaryFolder, log: (String) -> Void)
        async throws -> [Figure]
    {
        log("Sending requests to schemad and to a server in C alternately, \(rounds) rounds …")
        let diagnose = try await alternate("diagnose", environment, connections: 1, checksTokens: false, in: folder)
        let verify = try await alternate("verify", environment, connections: 32, checksTokens: true, in: folder)
        return [
            .slowness(
                "diagnose from the cache, 1 connection", diagnose.ours, "echo of the same bytes", diagnose.theirs,
                atMost: 2),
            .rate("verify, 32 connections", verify.ours, "server in C with the same HMAC", verify.theirs, atLeast: 0.5),
        ]
    }

    /// The medians of both programs' requests per second.
    private static func alternate(
        _ command: String, _ environment: BenchmarkEnvironment, connections: Int, checksTokens: Bool,
        in folder: TemporaryFolder
    ) async throws -> (ours: Double, theirs: Double) {
        let frame = try RequestFrame(command, key: environment.key, audience: BenchmarkEnvironment.audience)
        let files = (request: folder.path("\(command).request"), reply: folder.path("\(command).reply"))
        try Data(frame.bytes).write(to: URL(filePath: files.request))
        try Data(try frame.response(from: environment.socket)).write(to: URL(filePath: files.reply))
        let reference = try Products.path("reference")
        let socket = folder.path("\(command).sock")
        let key = checksTokens ? [try RequestFrame.secret(of: environment.key)] : []
        return try await BackgroundProgram.with(reference, ["answer", socket, files.reply] + key) { _ in
            try await eventually("the server in C listens") { FileManager.default.fileExists(atPath: socket) }
            func rate(_ path: String) async throws -> Double {
                let outcome = try await Program.run(
                    reference, ["ask", path, files.request, "\(connections)", milliseconds])
                let numbers = outcome.standardOutput.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
                guard outcome.status == 0, numbers.count == 2, numbers[0] > 0 else {
                    throw SupportError("reference: \(outcome.standardError)")
                }
                return numbers[0] / numbers[1] * 1_000_000
            }
            var (ours, theirs): ([Double], [Double]) = ([], [])
            for _ in 0..<rounds {
                theirs.append(try await rate(socket))
                ours.append(try await rate(environment.socket))
            }
            return (ours.sorted()[rounds / 2], theirs.sorted()[rounds / 2])
        }
    }
}
