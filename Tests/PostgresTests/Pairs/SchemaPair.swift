import Schema

/// One step in creating a schema.
struct PairStep: Sendable {
    /// Steps of one phase do not depend on each other.
    enum Phase: Int, CaseIterable, Sendable {
        case schemas, types, dependentTypes, sequences, routines, tables, children, parts, foreignKeys, views
        case laterViews, triggers
    }

    var phase: Phase
    /// The statement; for a table, the part before its columns.
    var text: String
    /// The columns and constraints of a table; nil for other statements.
    var columns: [String]?
    /// Constraints that can also be added later.
    var parts: [String] = []
    /// The part after the columns of a table.
    var tail = ""
    /// The quoted name of the table.
    var table = ""

    /// The statements, with constraints inside `CREATE TABLE`.
    var statement: String {
        guard let columns else { return text }
        return "\(text) (\((columns + parts).joined(separator: ", ")))\(tail)"
    }
}

/// A schema created by SQL, a second one that differs from it in known ways, and the expected report.
struct SchemaPair: Sendable {
    /// How the live schema is created.
    enum Way: String, Sendable {
        /// By the same statements.
        case repeated
        /// By statements in another order, with columns in another order.
        case reordered
        /// By a dump of the first one.
        case restored
    }

    var number: Int
    /// The prefix of the names of its schemas.
    var prefix: String
    var way: Way
    var steps: [PairStep]
    var changes: [PlantedChange]

    /// The statements of the migrations.
    var expected: [String] { PairStep.Phase.allCases.flatMap { phase in statements(of: phase) } }

    private func statements(of phase: PairStep.Phase) -> [String] {
        steps.filter { $0.phase == phase }.map(\.statement)
    }

    /// The statements of the live database; nil when it is restored from a dump.
    var live: [String]? {
        switch way {
        case .repeated: return expected
        case .restored: return nil
        case .reordered: break
        }
        var random = PairRandom(seed: number, number: 1)
        var later: [String] = []
        var statements: [PairStep.Phase: [String]] = [:]
        for step in steps {
            var step = step
            if let columns = step.columns {
                step.columns = columns.shuffled(using: &random)
                let parts = step.parts.shuffled(using: &random)
                let kept = random.number(0..<parts.count + 1)
                step.parts = Array(parts[..<kept])
                later += parts[kept...].map { "ALTER TABLE \(step.table) ADD \($0)" }
            }
            statements[step.phase, default: []].append(step.statement)
        }
        statements[.parts, default: []] += later
        return PairStep.Phase.allCases.flatMap { statements[$0, default: []].shuffled(using: &random) }
    }

    /// The expected report about the live database, sorted.
    var wanted: [String] {
        changes.flatMap { $0.found.map(\.description) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    var unmanaged: [String] { changes.flatMap(\.unmanaged).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}
