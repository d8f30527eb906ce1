import Files
import FoundationEssentials
import Schema

/// Expressions in PostgreSQL's own wording. Where live database, migrations and models write an expression differently,
/// a shadow parses it and prints it back. The results are kept in memory, and in the state directory for the next start.
actor NormalizedExpressionCache {
    /// The schema in which expressions are parsed.
    struct Position: Codable, Hashable, Sendable {
        /// ``ExpectedSchemaStore/Key/full`` of the project.
        var project: String
        /// The heads of the revisions that have run, sorted.
        var revisions: [String]
    }

    /// What is known about expressions at one position.
    struct Expressions: Sendable {
        /// PostgreSQL's wording of each expression that it accepted.
        var texts: [ExpressionText: String] = [:]
        /// Expressions that were parsed, successfully or not.
        var attempted: Set<ExpressionText> = []

        /// Whether a shadow is available for more.
        var canGrow = false

        /// Whether some of these are still to be parsed.
        func isComing(for texts: [ExpressionText]) -> Bool { canGrow && texts.contains { !attempted.contains($0) } }
    }

    private struct Record: Codable {
        struct Entry: Codable {
            var expression: ExpressionText
            var normalized: String?
        }

        var position: Position
        var entries: [Entry]
    }

    /// How long a failure is cached, as in ``ExpectedSchemaStore``.
    private static let failureLifetime = Duration.seconds(300)

    private let path: String
    private var position: Position?
    private var expressions = Expressions()
    private var failed: (position: Position, at: ContinuousClock.Instant)?
    /// The number tells one run from a later one at the same position.
    private var running: (number: Int, position: Position, task: Task<Void, Never>)?
    private var lastRun = 0

    /// - Parameter path: of the file in the state directory.
    init(path: String) {
        self.path = path
        guard let bytes = try? FileSystem.read(path, limit: 64 << 20),
            let record = try? JSONDecoder().decode(Record.self, from: Data(bytes))
        else { return }
        position = record.position
        for entry in record.entries {
            expressions.attempted.insert(entry.expression)
            expressions.texts[entry.expression] = entry.normalized
        }
    }

    /// What is known; never waits.
    func known(at position: Position) -> Expressions {
        var known = self.position == position ? expressions : Expressions()
        known.canGrow = !hasFailed(at: position)
        return known
    }

    private func hasFailed(at position: Position) -> Bool {
        failed.map { $0.position == position && $0.at + Self.failureLifetime > .now } ?? false
    }

    /// Normalizes the expressions that were not attempted yet, in the background.
    func request(
        _ texts: [ExpressionText], at position: Position,
        _ normalize: @escaping @Sendable ([ExpressionText]) async throws -> [ExpressionText: String]
    ) {
        let known = known(at: position)
        let pending = texts.filter { !known.attempted.contains($0) }
        if pending.isEmpty || running?.position == position || hasFailed(at: position) { return }
        running?.task.cancel()
        lastRun += 1
        running = (
            lastRun, position, Task { [lastRun] in await self.normalize(lastRun, pending, at: position, normalize) }
        )
    }

    /// Ends the work in the background.
    func cancel() async {
        let last = running
        running = nil
        last?.task.cancel()
        await last?.task.value
    }

    private func normalize(
        _ number: Int, _ texts: [ExpressionText], at position: Position,
        _ normalize: @Sendable ([ExpressionText]) async throws -> [ExpressionText: String]
    ) async {
        do {
            let found = try await normalize(texts)
            guard running?.number == number else { return }
            if self.position != position {
                self.position = position
                expressions = Expressions()
            }
            expressions.attempted.formUnion(texts)
            expressions.texts.merge(found) { _, new in new }
            save()
        } catch {
            guard running?.number == number else { return }
            failed = (position, .now)
        }
        running = nil
    }

    /// Without the file the next start normalizes them again; nothing else depends on it.
    private func save() {
        guard let position else { return }
        let entries = expressions.attempted.map { Record.Entry(expression: $0, normalized: expressions.texts[$0]) }
        guard let data = try? JSONEncoder().encode(Record(position: position, entries: entries)) else { return }
        try? FileSystem.replace(path, with: Array(data))
    }
}
