import FoundationEssentials
import Glibc
import Support

/// What memory answers, against a plain server in C that sends the same bytes.
enum ServiceFigures {
    private static let rounds = 7
    private static let milliseconds = "700"

    /// - Parameter stage: with an agent that runs and has compared everything.
    static func measure(_ stage: Stage, in folder: TemporaryFolder, say: (String) -> Void) async throws -> [Figure] {
        say("Asking schemad and a program in C in turns, \(rounds) rounds …")
        let diagnose = try await turns("diagnose", stage, connections: 1, checksTokens: false, in: folder)
        let verify = try await turns("verify", stage, connections: 32, checksTokens: true, in: folder)
        return [
            .slowness(
                "diagnose from memory, 1 connection", diagnose.ours, "echo of the same bytes", diagnose.theirs,
                atMost: 2),
            .rate("verify, 32 connections", verify.ours, "C, with the same HMAC", verify.theirs, atLeast: 0.5),
        ]
    }

    /// Requests per second of both, medians.
    private static func turns(
        _ command: String, _ stage: Stage, connections: Int, checksTokens: Bool, in folder: TemporaryFolder
    ) async throws -> (ours: Double, theirs: Double) {
        let frame = try RequestFrame(command, key: stage.key, audience: Stage.audience)
        let files = (request: folder.path("\(command).request"), reply: folder.path("\(command).reply"))
        try Data(frame.bytes).write(to: URL(filePath: files.request))
        try Data(try frame.answer(from: stage.socket)).write(to: URL(filePath: files.reply))
        let reference = try Products.path("reference")
        let socket = folder.path("\(command).sock")
        let key = checksTokens ? [try RequestFrame.secret(of: stage.key)] : []
        return try await BackgroundProgram.with(reference, ["answer", socket, files.reply] + key) { _ in
            try await eventually("the program in C listens") { FileManager.default.fileExists(atPath: socket) }
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
                ours.append(try await rate(stage.socket))
            }
            return (ours.sorted()[rounds / 2], theirs.sorted()[rounds / 2])
        }
    }
}
