import Alembic
package import Diagnosis
package import Revisions
import Runtime
package import Schema

/// The diagnosis of a database, with the facts that it is based on.
package struct DatabaseDiagnosis: Sendable {
    package var facts: Facts
    package var assessment: Assessment
    /// When the database was read, on the monotonic clock.
    package var readAt: ContinuousClock.Instant
    /// When the diagnosis was made, in Unix milliseconds.
    package var madeAt: Int64
    /// Whether env.py returned models.
    package var hasModels = false
    /// Whether a replay of the migrations was available.
    package var hasMigrations = false
    /// Identifies the live schema; nil while it could not be read.
    package var fingerprint: String?
    /// Decides whether older images may start; nil while no replay of the migrations is available.
    package var imageCompatibility: ImageCompatibility?

    package init(facts: Facts, readAt: ContinuousClock.Instant = .now) {
        self.facts = facts
        self.readAt = readAt
        assessment = diagnose(facts)
        madeAt = WallClock.milliseconds
    }

    init(_ inputs: DiagnosisInputs, database: String) {
        self.init(facts: Facts(inputs, database: database), readAt: inputs.readAt)
        hasModels = (try? inputs.description?.get())?.models != nil
        hasMigrations = inputs.hasMigrations
        fingerprint = (try? inputs.live.get())?.fingerprint
        imageCompatibility = inputs.imageCompatibility
    }

    package var database: String { facts.database }
    package var isReachable: Bool { facts.reachability == .reachable }
    package var graph: RevisionGraph? { facts.graph }
    /// The rows of the version table; nil while they could not be read.
    package var rows: [String?]? { facts.versionTable?.rows }

    /// Models, migrations and the live database compared; nil where nothing could be compared.
    package var comparison: SchemaComparison? {
        if case .compared(let comparison, _) = facts.schema { comparison } else { nil }
    }

    /// Relations and columns that the models need and the database lacks; nil when they could not be compared.
    ///
    /// Only these count before and after a migration: they are found with or without a replay.
    package var missingObjects: [SchemaDifference]? {
        comparison?.differences.filter { $0.breaking && $0.kind.isMissingRelationOrColumn }
    }

    /// In whole milliseconds.
    package func ageMs(at now: ContinuousClock.Instant = .now) -> Int64 { max(0, (now - readAt).milliseconds) }

    /// The same diagnosis with the finding that the version table is locked now.
    ///
    /// - Parameters:
    ///   - message: the server's.
    ///   - holders: the sessions that change something now.
    func withLockedVersionTable(_ message: String, holders: [ChangingSessionFacts]) -> DatabaseDiagnosis {
        var diagnosis = self
        let finding = Finding.versionTableLocked(database: database, message: message, holders: holders)
        func added(to findings: [Finding]) -> [Finding] {
            let place = findings.firstIndex { $0.severity > .error } ?? findings.endIndex
            return findings[..<place] + [finding] + findings[place...]
        }
        diagnosis.assessment.findings = added(to: assessment.findings)
        diagnosis.assessment.longFindings = assessment.longFindings.map(added)
        return diagnosis
    }
}

/// The last diagnosis of a database. Its identity distinguishes diagnoses, so that callers can cache what
/// they derive from one.
package final class CachedDiagnosis: Sendable {
    package let diagnosis: DatabaseDiagnosis

    package init(_ diagnosis: DatabaseDiagnosis) { self.diagnosis = diagnosis }
}
