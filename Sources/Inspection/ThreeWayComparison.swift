import Alembic
import Diagnosis
import Postgres
import Revisions
import Schema

extension DiagnosisInputs {
    /// What the migrations create at the live rows; nil where that is not known.
    var expectedCatalog: Catalog? {
        guard let history = expected?.history, let live = try? live.get(),
            live.versionTable.rows?.isEmpty == false || projectTables(live)?.isEmpty == true,
            case .known(let migrations) = migrationsAtRows(history, live)
        else { return nil }
        return migrations.expected
    }

    /// What decides whether the live database serves older images; nil while no replay is available.
    var imageCompatibility: ImageCompatibility? {
        guard let history = expected?.history, let live = try? live.get(), live.hasDefinitions else { return nil }
        return ImageCompatibility(
            history, live: live.catalog, versionTables: [live.versionTableName] + history.versionTables,
            defaultSchema: live.versionTable.schema)
    }

    /// Models, migrations and the live database compared, as far as they are available.
    func compare() -> SchemaFacts {
        guard case .success(let live) = live else { return .notCompared(because: "the database could not be read") }
        guard let key = comparisonKey(live) else { return comparison(live) }
        return comparisons.facts(key) { comparison(live) }
    }

    /// Nil where something failed: such a comparison is not cached.
    private func comparisonKey(_ live: LiveState) -> ComparisonCache.Key? {
        guard let fingerprint = live.fingerprint, let position = historyPosition(live), case .success = description
        else { return nil }
        return ComparisonCache.Key(
            fingerprint: fingerprint, hasDefinitions: live.hasDefinitions, position: position,
            normalizedExpressions: normalized.attempted.count, canNormalizeMore: normalized.canGrow,
            baselineReads: baselineReads)
    }

    private func historyPosition(_ live: LiveState) -> ComparisonCache.Position? {
        guard let projectKey else { return nil }
        let expectation =
            switch expectation {
            case .ready(let expected): "\(expected.key) of \(expected.madeAt)"
            case .building(let progress, let previous):
                "being built: \(progress?.revision ?? 0) after \(previous?.key ?? "")"
            case .missing(let reason): "missing: \(reason)"
            case .failed: "without a shadow"
            }
        return ComparisonCache.Position(
            project: projectKey, expectation: expectation, rows: live.versionTable.rows,
            versionTable: live.versionTableName)
    }

    private func comparison(_ live: LiveState) -> SchemaFacts {
        let description: ProjectDescription
        switch self.description {
        case nil: return .notCompared(because: "env.py could not be run to read the models")
        case .failure(let error)?:
            return .notCompared(because: "env.py did not return its models (\(error.code.rawValue))")
        case .success(let value)?: description = value
        }
        var (sides, gaps) = sides(live, description)
        guard sides.models != nil || sides.migrations != nil else {
            // The replay under way needs no models.
            let reasons = (isReplaying ? [] : ["env.py configures no target_metadata"]) + gaps
            return .notCompared(because: reasons.joined(separator: ", and "))
        }
        var options = ComparisonOptions(
            compareType: description.compareType, compareServerDefault: description.compareServerDefault,
            ignore: ignore)
        if let expected { options.hiddenTables = Set(expected.hiddenTables) }
        switch baseline {
        case .success(let baseline): options.baseline = baseline
        case .failure(let error): gaps.append(error.message)
        }
        sides.parsedTexts = normalized.texts
        var comparison = SchemaComparison(sides, options: options)
        if !comparison.notComparable.isEmpty, normalized.isComing(for: comparison.textsToParse) {
            gaps.append("some definitions are still being normalized in the background")
        }
        // An index that could not be created in the shadow is not missing from the models.
        if expected?.lacksIndexes == true { comparison.advice.removeAll(where: \.kind.isAboutIndex) }
        return .compared(comparison, gaps: gaps)
    }

    /// What is compared with what, and why a part is missing: clauses without a full stop.
    private func sides(_ live: LiveState, _ description: ProjectDescription) -> (SchemaSides, gaps: [String]) {
        var sides = SchemaSides(
            live: live.catalog, liveHasDefinitions: live.hasDefinitions,
            models: description.models.map { .described($0) }, versionTables: [live.versionTableName],
            defaultSchema: description.models?.defaultSchema ?? live.versionTable.schema,
            searchPath: description.models?.searchPath ?? [])
        switch expectation {
        case .building(let progress, let previous):
            if let history = previous?.history, let migrations = migrationsBefore(history, previous, live) {
                sides.versionTables += history.versionTables
                sides.migrations = migrations
            }
            let place = progress.map { ", revision \($0.revision) of \($0.total)" } ?? ""
            return (sides, ["the migrations are still being replayed in the background" + place])
        case .missing(let reason): return (sides, [reason])
        case .failed: return (sides, ["there is no shadow in which the migrations could be replayed"])
        case .ready(let expected):
            if let models = expected.models, expected.hasAllTables { sides.models = .created(models) }
            var gaps = expected.gaps
            if let history = expected.history {
                sides.versionTables += history.versionTables
                switch migrationsAtRows(history, live) {
                case .known(let migrations): sides.migrations = migrations
                case .unknown(let reason): gaps.append(reason)
                }
            }
            return (sides, gaps)
        }
    }

    /// What the applied revisions make by an earlier replay, while their scripts are the same; nil where that is not known.
    private func migrationsBefore(
        _ history: SchemaHistory, _ previous: ExpectedSchema?, _ live: LiveState
    ) -> SchemaSides.Migrations? {
        guard let previous, let project = try? project.get(), live.versionTable.rows?.isEmpty == false,
            case .known(var migrations) = findMigrationsAtRows(history, live),
            migrations.applied.allSatisfy({ previous.scripts[$0.revision] == project.scripts[$0.revision] })
        else { return nil }
        if previous.contentHash != project.contentHash { (migrations.heads, migrations.pending) = (nil, []) }
        return migrations
    }

    private func migrationsAtRows(_ history: SchemaHistory, _ live: LiveState) -> MigrationsAtRows {
        guard let position = historyPosition(live) else { return findMigrationsAtRows(history, live) }
        return comparisons.migrations(position) { findMigrationsAtRows(history, live) }
    }

    private func findMigrationsAtRows(_ history: SchemaHistory, _ live: LiveState) -> MigrationsAtRows {
        guard live.versionTable.rows != nil || live.versionTable.isMissing else {
            return .unknown("the version rows could not be read")
        }
        if live.versionTable.rows?.isEmpty ?? true, lacksBaseline(live) {
            return .unknown("the schema of shadow.baseline is not in the database")
        }
        return migrations(at: live.versionTable.rows ?? [], history)
    }

    /// What the migrations create in a database with these rows.
    func migrations(at rows: [String?], _ history: SchemaHistory) -> MigrationsAtRows {
        let heads = { history.failure == nil ? history.last : nil }
        guard !rows.isEmpty else {
            // Which revisions have run is then found by what they make.
            return .known(
                SchemaSides.Migrations(
                    expected: history.base, heads: heads(), managed: history.managed, pending: history.steps))
        }
        guard let graph = try? project.get().graph else { return .unknown("the project's scripts cannot be read") }
        let classified = RowClassification(rows: rows, graph: graph)
        guard classified.rows.allSatisfy({ [nil, .redundant, .duplicate, .padded].contains($0.fault) }) else {
            return .unknown("the version rows do not say which revisions have run")
        }
        let closure = graph.closure(of: classified.known)
        guard let expected = history.catalog(containing: closure) else {
            return .unknown("the replay did not pass through the revisions of the version rows")
        }
        return .known(
            SchemaSides.Migrations(
                expected: expected, heads: heads(), managed: history.managed,
                applied: history.steps.filter { closure.contains($0.revision) },
                pending: history.steps.filter { !closure.contains($0.revision) }))
    }
}
