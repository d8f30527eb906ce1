import FoundationEssentials
import Schema
import Settings

/// The texts of definitions that were parsed again in a shadow, because live, migrations or models word them
/// differently: kept in memory, and in the state directory for the next start.
actor ReadBackTexts {
    /// The schema that the texts were parsed in.
    struct Place: Codable, Hashable, Sendable {
        /// ``ExpectedSchemas/Key/full`` of the project.
        var project: String
        /// The revisions that have run, sorted: where live is.
        var revisions: [String]
    }

    /// What is known of the texts at one place.
    struct Answers: Sendable {
        /// What each text reads back as, as far as the schema took it.
        var texts: [ExpressionText: String] = [:]
        /// Those that were tried, successfully or not.
        var tried: Set<ExpressionText> = []

        /// Whether a shadow is there to try more.
        var canGrow = false

        /// Whether more will be known of some of these.
        func isComing(for texts: [ExpressionText]) -> Bool { canGrow && texts.contains { !tried.contains($0) } }
    }

    private struct Record: Codable {
        struct Entry: Codable {
            var expression: ExpressionText
            var readBack: String?
        }

        var place: Place
        var entries: [Entry]
    }

    /// A failure is believed so long, like one of ``ExpectedSchemas``.
    private static let failureLifetime = Duration.seconds(300)

    private let cache: String
    private var place: Place?
    private var answers = Answers()
    private var failed: (place: Place, at: ContinuousClock.Instant)?
    private var running: (place: Place, task: Task<Void, Never>)?

    /// - Parameter cache: the file in the state directory.
    init(cache: String) {
        self.cache = cache
        guard let bytes = try? FileBytes.read(cache, limit: 64 << 20),
            let record = try? JSONDecoder().decode(Record.self, from: Data(bytes))
        else { return }
        place = record.place
        for entry in record.entries {
            answers.tried.insert(entry.expression)
            answers.texts[entry.expression] = entry.readBack
        }
    }

    /// What is known; never waits.
    func known(at place: Place) -> Answers {
        var known = self.place == place ? answers : Answers()
        known.canGrow = !hasFailed(at: place)
        return known
    }

    private func hasFailed(at place: Place) -> Bool {
        failed.map { $0.place == place && $0.at + Self.failureLifetime > .now } ?? false
    }

    /// Has the texts that nobody has tried parsed in the background.
    func ask(
        _ texts: [ExpressionText], at place: Place,
        _ read: @escaping @Sendable ([ExpressionText]) async throws -> [ExpressionText: String]
    ) {
        let known = known(at: place)
        let open = texts.filter { !known.tried.contains($0) }
        if open.isEmpty || running?.place == place || hasFailed(at: place) { return }
        running?.task.cancel()
        running = (place, Task { await self.read(open, at: place, read) })
    }

    /// Ends what is running.
    func cancel() async {
        running?.task.cancel()
        await running?.task.value
        running = nil
    }

    private func read(
        _ texts: [ExpressionText], at place: Place,
        _ read: @Sendable ([ExpressionText]) async throws -> [ExpressionText: String]
    ) async {
        do {
            let found = try await read(texts)
            guard running?.place == place else { return }
            if self.place != place {
                self.place = place
                answers = Answers()
            }
            answers.tried.formUnion(texts)
            answers.texts.merge(found) { _, new in new }
            keep()
        } catch {
            guard running?.place == place else { return }
            failed = (place, .now)
        }
        running = nil
    }

    /// Without the file the next start parses them once more; nothing else depends on it.
    private func keep() {
        guard let place else { return }
        let entries = answers.tried.map { Record.Entry(expression: $0, readBack: answers.texts[$0]) }
        guard let data = try? JSONEncoder().encode(Record(place: place, entries: entries)) else { return }
        try? FileBytes.replace(cache, with: Array(data))
    }
}
