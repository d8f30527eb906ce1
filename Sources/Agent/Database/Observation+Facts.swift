import Alembic
import Diagnosis
import Postgres
import Revisions
import Schema
import Wire

extension Observation {
    /// Judges what was gathered and puts it into the contract's shape.
    init(_ gathering: Gathering, database: String) {
        let facts = Facts(gathering, database: database)
        let assessment = Diagnosis.diagnose(facts)
        at = gathering.readAt
        isReachable = facts.reachability == .reachable
        rows = assessment.rows
        graph = facts.graph
        fingerprint = (try? gathering.reading.get())?.fingerprint
        serves = gathering.olderImages
        textsToParse = facts.schema.textsToParse
        result = Diagnose.Result(
            database: database, verdict: assessment.verdict, healthy: assessment.healthy,
            schemaMatch: assessment.schemaMatch, observedAt: WallClock.text(WallClock.milliseconds), ageMs: 0,
            server: facts.server,
            versionTable: Diagnose.VersionTable(facts.versionTable, state: assessment.versionTableState),
            revisions: facts.graph.map {
                Diagnose.Revisions(
                    count: $0.revisions.count, heads: $0.heads, effectiveHeads: $0.effectiveHeads,
                    pending: assessment.pending)
            },
            schema: Diagnose.Schema(facts, gathering),
            probes: gathering.probes.map {
                Diagnose.Probe(name: $0.name, total: $0.total, returned: $0.returned, ok: $0.isGood)
            },
            findings: assessment.findings)
    }
}

extension Facts {
    init(_ gathering: Gathering, database: String) {
        self.init(database: database)
        switch gathering.project {
        case .success(let project): graph = project.graph
        case .failure(let error):
            projectProblem = ProjectProblem(
                code: error.code, message: error.message, file: error.file, line: error.line)
        }
        switch gathering.reading {
        case .success(let reading):
            server = reading.server
            versionTable = reading.versionTable
            applicationTables = reading.applicationTables
        case .failure(let error): reachability = Reachability(error)
        }
        schema = gathering.compared()
        surroundings(gathering)
        probes = gathering.probes
        if case .failure(let error)? = gathering.description, reachability == .reachable {
            if error.code == .pooler {
                server?.pooled = true
            } else if !explains(error) {
                runnerProblems = [ProjectProblem(error, in: gathering.folder)]
            }
        }
    }

    /// Whether env.py stumbled over what is told of the version table already: Alembic reads it on its way.
    private func explains(_ error: RunnerError) -> Bool {
        switch versionTable?.presence {
        case .other: ["42703", "42P01", "42809"].contains(error.sqlstate)
        case .denied: error.sqlstate == "42501"
        case .table, .missing, nil: false
        }
    }
}

extension SchemaFacts {
    fileprivate var textsToParse: [ExpressionText] {
        if case .compared(let comparison, _) = self { comparison.textsToParse } else { [] }
    }
}

extension ProjectProblem {
    /// What env.py wrote is left out: readers of a diagnosis need not be allowed to see it.
    ///
    /// - Parameter folder: the project's, from which files are named.
    init(_ error: RunnerError, in folder: String) {
        let file = error.file.map { $0.hasPrefix(folder + "/") ? String($0.dropFirst(folder.utf8.count + 1)) : $0 }
        self.init(code: error.code.rawValue, message: error.message, file: file, line: error.line)
    }
}

extension Diagnose.VersionTable {
    init(_ facts: VersionTableFacts?, state: VersionTableState?) {
        guard let facts else {
            self.init()
            return
        }
        let exists: Bool
        if case .missing = facts.presence { exists = false } else { exists = true }
        self.init(
            schema: facts.schema, name: facts.name, exists: exists, rows: facts.rows, columnWidth: facts.columnWidth,
            state: state)
    }
}

extension Diagnose.Schema {
    init(_ facts: Facts, _ gathering: Gathering) {
        let models = (try? gathering.description?.get())?.models
        let sources = Diagnose.Sources(
            models: models != nil, migrations: gathering.hasMigrations, live: facts.server != nil)
        guard case .compared(let comparison, _) = facts.schema else {
            self.init(sources: sources, missingColumns: nil, differences: nil)
            return
        }
        var extract = SchemaExtract()
        self.init(
            sources: sources, missingColumns: nil, differences: extract.take(comparison.differences))
        missingColumns = extract.take(comparison.missingColumns)
        notComparable = extract.take(comparison.notComparable)
        accepted = extract.take(comparison.accepted)
        ignored = extract.take(comparison.ignored)
        advice = extract.take(comparison.advice)
        unmanaged = extract.take(comparison.unmanaged)
        omitted = extract.omitted
    }
}
