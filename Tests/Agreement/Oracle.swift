import FoundationEssentials
import Support

/// The real Alembic, asked through `oracle/`, which draws what it is asked about.
struct Oracle: Sendable, CustomStringConvertible {
    /// What a request is about.
    enum Subject: String {
        case graphs, faults, projects, behaviours
    }

    /// Where all random choices come from. `AGREEMENT_SEED` names another one than that of every run.
    static let seed = ProcessInfo.processInfo.environment["AGREEMENT_SEED"].flatMap(Int.init) ?? 1

    /// An interpreter with Alembic.
    var interpreter = TestPython.interpreter
    /// A folder with another Alembic than the interpreter's own.
    var packages: String?

    var description: String { packages ?? interpreter }

    /// Older versions: those that `deploy/python-environment` puts beside the newest, and the interpreters that
    /// `ALEMBIC_PYTHONS` names, with colons between them.
    static let older: [Oracle] = {
        let named = (ProcessInfo.processInfo.environment["ALEMBIC_PYTHONS"] ?? "").split(separator: ":")
        let folder = "\(RepositoryRoot.path)/.venv"
        let found = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        return named.map { Oracle(interpreter: String($0)) }
            + found.filter { $0.hasPrefix("alembic-") }.map { Oracle(packages: "\(folder)/\($0)") }
    }()

    private static let folder = "\(RepositoryRoot.path)/Tests/Agreement/oracle"

    /// The version of that Alembic.
    func version() async throws -> String {
        try await run(["version"]).first ?? ""
    }

    /// One answer for each number, in order.
    ///
    /// - Parameter arguments: more of the oracle's own.
    func ask<Answer: Decodable>(
        _ subject: Subject, _ numbers: Range<Int>, _ arguments: [String] = [], as type: Answer.Type = Answer.self
    ) async throws -> [Answer] {
        let range = ["--first", "\(numbers.lowerBound)", "--count", "\(numbers.count)"]
        let answers: [Answer] = try await ask([subject.rawValue, "--seed", "\(Self.seed)"] + range + arguments)
        guard answers.count == numbers.count else {
            throw SupportError("The oracle gave \(answers.count) answers about \(numbers.count) \(subject.rawValue).")
        }
        return answers
    }

    func ask<Answer: Decodable>(_ arguments: [String]) async throws -> [Answer] {
        let decoder = JSONDecoder()
        var answers: [Answer] = []
        for line in try await run(arguments) {
            // Other tests want to run as well.
            await Task.yield()
            answers.append(try decoder.decode(Answer.self, from: Data(line.utf8)))
        }
        return answers
    }

    private func run(_ arguments: [String]) async throws -> [String] {
        let environment: [String: String?] = [
            // Alembic goes through sets; another seed has another order of them.
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

/// Runs two halves beside each other: as many processes as a small machine has cores.
func inHalves<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Range<Int>) async throws -> [Result]
) async throws -> [Result] {
    async let first = body(0..<count / 2)
    async let second = body(count / 2..<count)
    return try await first + second
}
