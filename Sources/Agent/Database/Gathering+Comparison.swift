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
        guard case .ready(let expected) = expectation, let history = expected.history,
            let reading = try? reading.get(), case .known(let migrations) = migrations(history, reading)
        else { return nil }
        return migrations.expected
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

    /// Takes a database without version rows that holds just what `shadow.baseline` made for what it is: one on which
    /// no revision has run.
    mutating func recognizeBaseline() {
        guard case .ready(let expected) = expectation, let history = expected.history, !history.base.tables.isEmpty,
            case .success(var reading) = reading, reading.hasDefinitions, !reading.applicationTables.isEmpty,
            reading.versionTable.rows?.isEmpty ?? (reading.versionTable.presence == .missing)
        else { return }
        let comparison = SchemaComparison(
            SchemaSides(
                live: reading.catalog,
                migrations: SchemaSides.Migrations(expected: history.base, heads: nil, managed: history.managed),
                versionTables: versionTables(reading) + history.versionTables,
                defaultSchema: reading.versionTable.schema))
        guard comparison.differences.isEmpty, comparison.notComparable.isEmpty else { return }
        let made = Set(history.base.tables.map(\.qualifiedName))
        guard reading.applicationTables.allSatisfy(made.contains) else { return }
        reading.applicationTables = []
        self.reading = .success(reading)
    }

    private func versionTables(_ reading: DatabaseReading) -> [TableName] {
        [TableName(schema: reading.versionTable.schema, name: reading.versionTable.name)]
    }

    /// Models, migrations and the live database held against each other, as far as they are there.
    func compared() -> SchemaFacts {
        guard case .success(let reading) = reading else {
            return .notCompared(because: "the database could not be read")
        }
        guard let key = comparisonKey(reading) else { return compared(reading) }
        return memory.facts(key) { compared(reading) }
    }

    /// Nil where something has failed, of which nothing is remembered.
    private func comparisonKey(_ reading: DatabaseReading) -> ComparisonMemory.Key? {
        guard let fingerprint = reading.fingerprint, let position = position(reading),
            case .success = description
        else { return nil }
        return ComparisonMemory.Key(
            fingerprint: fingerprint, hasDefinitions: reading.hasDefinitions, position: position,
            readBack: readBack.tried.count, isReadBackComing: readBack.canGrow, baseline: baselineReads)
    }

    private func position(_ reading: DatabaseReading) -> ComparisonMemory.Position? {
        guard let projectKey else { return nil }
        let expectation =
            switch expectation {
            case .ready(let expected): "\(expected.key) of \(expected.madeAt)"
            case .making: "being made"
            case .missing(let reason): "missing: \(reason)"
            case .failed: "without a shadow"
            }
        let table = reading.versionTable
        return ComparisonMemory.Position(
            project: projectKey, expectation: expectation, rows: table.rows,
            versionTable: TableName(schema: table.schema, name: table.name),
            isUsed: !reading.applicationTables.isEmpty)
    }

    private func compared(_ reading: DatabaseReading) -> SchemaFacts {
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
            if let history = expected.history {
                switch migrations(history, reading) {
                case .known(let migrations): sides.migrations = migrations
                case .unknown(let reason): gaps.append(reason)
                }
            }
        case .making: gaps.append("what the migrations make is being found out in the background")
        case .missing(let reason): gaps.append(reason)
        case .failed: gaps.append("there is no shadow in which the migrations could be replayed")
        }
        guard sides.models != nil || sides.migrations != nil else {
            return .notCompared(because: (["env.py configures no target_metadata"] + gaps).joined(separator: ", and "))
        }
        var options = ComparisonOptions(
            compareType: description.compareType, compareServerDefault: description.compareServerDefault,
            ignore: ignore)
        if case .ready(let expected) = expectation { options.hiddenTables = Set(expected.hiddenTables) }
        switch baseline {
        case .success(let baseline): options.baseline = baseline
        case .failure(let fault): gaps.append(fault.description)
        }
        sides.parsedTexts = readBack.texts
        var comparison = SchemaComparison(sides, options: options)
        if !comparison.notComparable.isEmpty, readBack.isComing(for: comparison.textsToParse) {
            gaps.append("some definitions are being parsed again in the background")
        }
        // What could not be made of the models is not what they lack.
        if lacksModelIndexes { comparison.advice.removeAll(where: \.kind.isAboutIndex) }
        return .compared(comparison, gaps: gaps)
    }

    private func migrations(_ history: SchemaHistory, _ reading: DatabaseReading) -> MigrationsAtRows {
        guard let position = position(reading) else { return made(history, reading) }
        return memory.migrations(position) { made(history, reading) }
    }

    /// What the migrations make at the live rows.
    private func made(_ history: SchemaHistory, _ reading: DatabaseReading) -> MigrationsAtRows {
        let heads = { history.failure == nil ? history.last : nil }
        guard let graph = try? project.get().graph, case .table(let rows) = reading.versionTable.presence, !rows.isEmpty
        else {
            guard reading.applicationTables.isEmpty else {
                return .unknown("no version rows say which revisions have run")
            }
            return .known(SchemaSides.Migrations(expected: history.base, heads: heads(), managed: history.managed))
        }
        let classified = RowClassification(rows: rows, graph: graph)
        guard classified.rows.allSatisfy({ [nil, .redundant, .duplicate, .padded].contains($0.fault) }) else {
            return .unknown("the version rows do not tell which revisions have run")
        }
        guard let expected = history.catalog(containing: graph.closure(of: classified.known)) else {
            return .unknown("the replay did not come by the state that the version rows stand for")
        }
        return .known(SchemaSides.Migrations(expected: expected, heads: heads(), managed: history.managed))
    }
}
