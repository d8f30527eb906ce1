import FoundationEssentials
import Support

/// A real Alembic, run by the Python program `oracle/`, which also generates the random input.
struct Oracle: Sendable, CustomStringConvertible {
    /// The kind of the input.
    enum Subject: String {
        case graphs, faults, projects, behaviours
    }

    /// The seed of all random choices; `AGREEMENT_SEED` sets another one.
    static let seed = ProcessInfo.processInfo.environment["AGREEMENT_SEED"].flatMap(Int.init) ?? 1

    /// An interpreter with Alembic.
    var interpreter = TestPython.interpreter
    /// A folder with another version of Alembic than the interpreter's own; nil uses the latter.
    var packages: String?

    var description: String { packages ?? interpreter }

    /// Installed to test that schemad refuses it.
    private static let tooOld = "alembic-1.7.7"

    /// Older versions: those that `deploy/python-environment` installs in addition to the newest one, and those of the
    /// interpreters in `ALEMBIC_PYTHONS`, separated by colons.
    static let older: [Oracle] = {
        let named = (ProcessInfo.processInfo.environment["ALEMBIC_PYTHONS"] ?? "").split(separator: ":")
        let folder = "\(RepositoryRoot.path)/.venv"
        let found = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        return named.map { Oracle(interpreter: String($0)) }
            + found.filter { $0.hasPrefix("alembic-") && $0 != tooOld }.map { Oracle(packages: "\(folder)/\($0)") }
    }()

    private static let folder = "\(RepositoryRoot.path)/Tests/Agreement/oracle"

    /// The version of Alembic.
    func version() async throws -> String {
        try await output(of: ["version"]).first ?? ""
    }

    /// Alembic's results for the inputs with these numbers, in order.
    ///
    /// - Parameter arguments: further arguments of the Python program.
    func run<Output: Decodable>(
        _ subject: Subject, _ numbers: Range<Int>, _ arguments: [String] = [], as type: Output.Type = Output.self
    ) async throws -> [Output] {
        let range = ["--first", "\(numbers.lowerBound)", "--count", "\(numbers.count)"]
        let results: [Output] = try await decode([subject.rawValue, "--seed", "\(Self.seed)"] + range + arguments)
        guard results.count == numbers.count else {
            throw SupportError("The oracle printed \(results.count) results for \(numbers.count) \(subject.rawValue).")
        }
        return results
    }

    /// Alembic's results, one from each line of the program's output.
    func decode<Output: Decodable>(_ arguments: [String]) async throws -> [Output] {
        let decoder = JSONDecoder()
        var results: [Output] = []
        for line in try await output(of: arguments) {
            // Lets other tests run.
            await Task.yield()
            results.append(try decoder.decode(Output.self, from: Data(line.utf8)))
        }
        return results
    }

    private func output(of arguments: [String]) async throws -> [String] {
        let environment: [String: String?] = [
            // Alembic iterates over sets, whose order depends on the hash seed.
            "PYTHONHASHSEED": "\(UInt32(truncatingIfNeeded: Self.seed))", "PYTHONPATH": packages, "PYTHONUTF8": "1",
            "ALEMBIC_CONFIG": nil,
        ]
        let outcome = try await Program.run(
            interpreter, ["-B", Self.folder] + arguments, environment: environment, timeout: .seconds(600))
        guard outcome.status == 0 else {
            throw SupportError("The oracle failed with \(outcome.status): \(outcome.standardError.suffix(2000))")
        }
        return outcome.lines
    }
}

/// Runs the body for two halves of the numbers concurrently, for machines with two cores.
func inHalves<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Range<Int>) async throws -> [Result]
) async throws -> [Result] {
    async let first = body(0..<count / 2)
    async let second = body(count / 2..<count)
    return try await first + second
}
