import Alembic
import Diagnosis
import Postgres
import Revisions
import Schema

extension Gathering {
    /// Whether a replay of the migrations is at hand.
    var hasMigrations: Bool {
        if case .ready(let expected) = expectation { expected.history != nil } else { false }
    }

    private var lacksModelIndexes: Bool {
        if case .ready(let expected) = expectation { expected.lacksIndexes } else { false }
    }

    /// What the migrations make at the live rows; nil where that cannot be told.
    var expectedCatalog: Catalog? {
        guard case .ready(let expected) = expectation, let history = expected.history, let reading = try? reading.get()
        else { return nil }
        var gaps: [String] = []
        return migrations(history, reading, &gaps)?.expected
    }

    /// What tells whether the live database serves older images.
    var olderImages: OlderImages? {
        guard case .ready(let expected) = expectation, let history = expected.history,
            let reading = try? reading.get(), reading.hasDefinitions
        else { return nil }
        return OlderImages(
            history, live: reading.catalog, versionTables: versionTables(reading) + history.versionTables,
            defaultSchema: reading.versionTable.schema)
    }

    private func versionTables(_ reading: DatabaseReading) -> [TableName] {
        [TableName(schema: reading.versionTable.schema, name: reading.versionTable.name)]
    }

    /// Models, migrations and the live database held against each other, as far as they are there.
    func compared() -> SchemaFacts {
        guard case .success(let reading) = reading else {
            return .notCompared(because: "the database could not be read")
        }
        let description: Description
        switch self.description {
        case nil: return .notCompared(because: "env.py could not be asked for the models")
        case .failure(let error)?:
            return .notCompared(because: "env.py did not hand over its models (\(error.code.rawValue))")
        case .success(let answer)?: description = answer
        }
        var gaps: [String] = []
        var sides = SchemaSides(
            live: reading.catalog, liveHasDefinitions: reading.hasDefinitions,
            models: description.models.map { .described($0) },
            versionTables: versionTables(reading),
            defaultSchema: description.models?.defaultSchema ?? reading.versionTable.schema,
            searchPath: description.models?.searchPath ?? [])
        switch expectation {
        case .ready(let expected):
            if let models = expected.models, expected.hasAllTables { sides.models = .created(models) }
            if let history = expected.history { sides.versionTables += history.versionTables }
            gaps = expected.gaps
            if let history = expected.history { sides.migrations = migrations(history, reading, &gaps) }
        case .making: gaps.append("what the migrations make is being found out in the background")
        case .missing(let reason): gaps.append(reason)
        }
        guard sides.models != nil || sides.migrations != nil else {
            return .notCompared(because: (["env.py configures no target_metadata"] + gaps).joined(separator: ", and "))
        }
        var options = ComparisonOptions(
            compareType: description.compareType, compareServerDefault: description.compareServerDefault,
            ignore: ignore)
        switch baseline {
        case .success(let baseline): options.baseline = baseline
        case .failure(let fault): gaps.append(fault.description)
        }
        sides.parsedTexts = readBack.texts
        var comparison = SchemaComparison(sides, options: options)
        if readBack.isComing(for: comparison.textsToParse) {
            gaps.append("some definitions are being parsed again in the background")
        }
        // What could not be made of the models is not what they lack.
        if lacksModelIndexes { comparison.advice.removeAll(where: \.kind.isAboutIndex) }
        return .compared(comparison, gaps: gaps)
    }

    /// What the migrations make at the live rows; nil, with the reason, where that cannot be told.
    private func migrations(
        _ history: SchemaHistory, _ reading: DatabaseReading, _ gaps: inout [String]
    ) -> SchemaSides.Migrations? {
        guard let graph = try? project.get().graph, case .table(let rows) = reading.versionTable.presence, !rows.isEmpty
        else {
            if !reading.applicationTables.isEmpty {
                gaps.append("no version rows say which revisions have run")
                return nil
            }
            return SchemaSides.Migrations(
                expected: history.base, heads: history.failure == nil ? history.last : nil, managed: history.managed)
        }
        let classified = RowClassification(rows: rows, graph: graph)
        guard classified.rows.allSatisfy({ [nil, .redundant, .duplicate, .padded].contains($0.fault) }) else {
            gaps.append("the version rows do not tell which revisions have run")
            return nil
        }
        guard let expected = history.catalog(containing: graph.closure(of: classified.known)) else {
            gaps.append("the replay did not come by the state that the version rows stand for")
            return nil
        }
        return SchemaSides.Migrations(
            expected: expected, heads: history.failure == nil ? history.last : nil, managed: history.managed)
    }
}
