import Diagnosis
import Revisions
import Schema
import Testing

/// Facts, and everything that their diagnosis must contain: nothing more is allowed.
struct Case: CustomTestStringConvertible {
    var testDescription: String
    var facts: Facts
    var verdict: Verdict
    var state: VersionTableState?
    var schemaMatch: Bool?
    /// With the severity's first letter, in order: `e:version.behind`.
    var findings: [String]

    init(
        _ description: String, _ facts: Facts, _ verdict: Verdict, _ state: VersionTableState?,
        match: Bool? = true, _ findings: String...
    ) {
        testDescription = description
        self.facts = facts
        self.verdict = verdict
        self.state = state
        self.schemaMatch = match
        self.findings = findings
    }
}

extension Case {
    static let all = versionTable + schema + differences + serverAndProject + environment + graph
}

@Suite("From facts to a verdict")
struct VerdictTests {
    @Test(arguments: Case.all)
    func theVerdictAndEachFinding(of case: Case) {
        let assessment = diagnose(`case`.facts)
        #expect(assessment.verdict == `case`.verdict)
        #expect(assessment.versionTableState == `case`.state)
        #expect(assessment.schemaMatch == `case`.schemaMatch)
        #expect(assessment.findings.map { "\($0.severity.rawValue.prefix(1)):\($0.code)" } == `case`.findings)
        #expect(
            assessment.healthy
                == (`case`.verdict != .unverified && !`case`.findings.contains { $0.hasPrefix("e:") }))
        for finding in assessment.findings {
            #expect(finding.message.hasSuffix("."))
            #expect(FindingCatalog.rule(finding.code)?.severities.contains(finding.severity) == true)
            #expect(!finding.message.contains("\n"))
            #expect(!finding.remedy.isEmpty)
            // Prose is commented out, so that a remedy can be pasted as a whole.
            let commands = [
                "# ", "adminctl ", "systemctl ", "alembic ", "git ", "python3 ", ".venv/bin/", "ALTER ", "CREATE ",
                "GRANT ", "REINDEX ", "DROP TYPE ", "DROP INDEX ", "-- ", "SELECT ", "chmod ", "chown ",
            ]
            for line in finding.remedy.split(separator: "\n") {
                #expect(commands.contains(where: line.hasPrefix), "\(line)")
            }
        }
    }

    @Test func everyRuleIsReachedByACase() {
        let cases = Case.all
        let reached = Set(cases.flatMap { $0.findings.map { String($0.dropFirst(2)) } })
        #expect(reached == FindingCatalog.codes)
    }

    @Test func whatIsPendingIsKnownOrNil() {
        #expect(diagnose(Sample.rows(Sample.head)).pending == [])
        #expect(diagnose(Sample.rows(Sample.first)).pending == [Sample.second, Sample.head])
        #expect(diagnose(Sample.rows(Sample.first, Sample.second)).pending == [Sample.head])
        #expect(diagnose(Sample.rows("fedcba987654")).pending == nil)
        #expect(diagnose(Sample.facts(Sample.table(.denied(message: "no")))).pending == nil)
        #expect(diagnose(Sample.facts(graph: nil)).pending == nil)
        #expect(diagnose(Sample.facts(nil)).pending == nil)
    }

    /// 40 unknown rows, and mapped columns that do not exist.
    private static func manyFindings(columns count: Int, suffix: String = "") -> Assessment {
        let rows = (0..<40).map { "unknown\($0)" }
        let columns = (0..<count).map { ModelColumn(name: "c\($0)\(suffix)", type: "TEXT", nullable: true) }
        let schema = Sample.compared(
            ModelSchema(tables: [ModelTable(name: "t", columns: columns)], defaultSchema: "public"),
            Catalog(tables: [Table(schema: "public", name: "t", kind: .table, columns: [])]))
        return diagnose(Sample.facts(Sample.table(.table(rows: rows)), schema: schema))
    }

    @Test func everythingThatIsCountedIsListed() throws {
        let assessment = Self.manyFindings(columns: 150)
        #expect(assessment.findings.count { $0.code == "version.rows.unknown" } == 40)
        let missing = try #require(assessment.findings.first { $0.code == "schema.missingColumn" })
        #expect(missing.message.hasPrefix("150 mapped columns do not exist: t.c0, t.c1, t.c2, t.c3, t.c4 and 145 more"))
        #expect(missing.evidence.count == 150)
    }

    @Test func anAssessmentStaysWithinBoundsAndCountsWhatItLeavesOut() throws {
        let assessment = Self.manyFindings(columns: 3_000, suffix: String(repeating: "x", count: 30))
        let unknown = assessment.findings.filter { $0.code == "version.rows.unknown" }
        #expect(unknown.count == 25)
        #expect(unknown.last?.evidence.last == "and 15 more findings of this code")
        let missing = try #require(assessment.findings.first { $0.code == "schema.missingColumn" })
        #expect(missing.evidence.count == 101)
        #expect(missing.evidence.last == "and 2900 more")
    }

    /// For whoever asks for everything.
    @Test func longFindings() throws {
        #expect(Self.manyFindings(columns: 150).longFindings == nil, "the usual findings have everything")
        let long = try #require(
            Self.manyFindings(columns: 3_000, suffix: String(repeating: "x", count: 30)).longFindings)
        #expect(long.count { $0.code == "version.rows.unknown" } == 40)
        let missing = try #require(long.first { $0.code == "schema.missingColumn" })
        #expect(missing.evidence.count == 3_000)
        let suffix = String(repeating: "x", count: 200)
        let longer = try #require(Self.manyFindings(columns: 2_000, suffix: suffix).longFindings)
        #expect(longer.reduce(0) { $0 + $1.evidence.reduce(0) { $0 + $1.utf8.count } } < 400_000)
        #expect(longer.contains { $0.evidence.last?.hasSuffix(" more") == true })
    }

    /// An empty database whose project is still being read: nobody knows what is pending.
    @Test func whatIsUnknownIsNotHealthy() {
        let facts = Sample.with(Sample.facts(Sample.table(.missing), graph: nil, tables: [])) {
            $0.projectProblem = ProjectProblem(
                code: "project.environmentRunning", message: "It runs.", isBlocking: false)
        }
        let assessment = diagnose(facts)
        #expect(assessment.verdict == .empty && !assessment.healthy)
        #expect(!assessment.findings.contains { $0.severity == .error })
    }

    @Test func theWorstVerdictWins() {
        let facts = Sample.with(Sample.rows("fedcba987654")) {
            $0.projectProblem = ProjectProblem(code: "project.environmentFailed", message: "env.py fails.")
            $0.schema = Sample.withoutColumn
        }
        #expect(diagnose(facts).verdict == .projectInvalid)
        #expect(Verdict.allCases == Verdict.allCases.sorted())
        #expect([Verdict.inSync, .corrupt, .behind].min() == .corrupt)
    }
}

extension Case {
    static let versionTable = [
        Case("rows at the head", Sample.rows(Sample.head), .inSync, .legitimate, "i:schema.notCompared"),
        Case(
            "no version table in a used database", Sample.facts(Sample.table(.missing)), .unmanaged, .missing,
            "e:version.table.missing", "i:schema.notCompared"),
        Case(
            "no version table and a catalog that could not be read",
            Sample.facts(Sample.table(.missing), tables: nil, schema: .notCompared(because: "it was locked")),
            .unmanaged, .missing, match: nil, "e:version.table.missing", "i:schema.notCompared"),
        Case(
            "a fresh database", Sample.facts(Sample.table(.missing), tables: [], schema: Sample.withoutTable), .empty,
            .missing, match: false, "e:version.behind", "i:version.table.missing", "i:schema.notCompared"),
        Case(
            "a fresh database of a project without revisions",
            Sample.facts(
                Sample.table(.missing), graph: RevisionGraph(revisions: [], problems: []), tables: [],
                schema: .notCompared(because: "there are no models")),
            .empty, .missing, match: nil, "i:graph.empty", "i:version.table.missing", "i:schema.notCompared"),
        Case(
            "a fresh database of a project without revisions whose models have tables",
            Sample.facts(
                Sample.table(.missing), graph: RevisionGraph(revisions: [], problems: []), tables: [],
                schema: Sample.withoutTable),
            .empty, .missing, match: false, "e:graph.empty", "i:version.table.missing", "i:schema.notCompared"),
        Case(
            "rows, and a project without revisions",
            Sample.facts(
                Sample.table(.table(rows: [Sample.head])), graph: RevisionGraph(revisions: [], problems: [])),
            .ahead, .unknownRows, "e:graph.empty", "i:schema.notCompared"),
        Case(
            "tables of a project without revisions",
            Sample.facts(Sample.table(.missing), graph: RevisionGraph(revisions: [], problems: [])),
            .unmanaged, .missing, "e:graph.empty", "i:schema.notCompared"),
        Case(
            "an empty version table in a used database", Sample.rows(), .unmanaged, .empty,
            "e:version.table.empty", "i:schema.notCompared"),
        Case(
            "an empty version table and nothing else",
            Sample.facts(Sample.table(.table(rows: [])), tables: [], schema: Sample.withoutTable), .empty, .empty,
            match: false, "e:version.behind", "i:version.table.empty", "i:schema.notCompared"),
        Case(
            "a used database without rows that lacks a column",
            Sample.facts(Sample.table(.missing), schema: Sample.withoutColumn), .unmanaged, .missing, match: false,
            "e:version.table.missing", "e:schema.missingColumn", "i:schema.notCompared"),
        Case(
            "a view named as the version table", Sample.facts(Sample.table(.other(kind: "view"))), .corrupt,
            .notATable, "e:version.table.notATable", "i:schema.notCompared"),
        Case(
            "a version table that the role may not read",
            Sample.facts(Sample.table(.denied(message: "permission denied for table alembic_version"))),
            .permissionDenied, .denied, "e:version.table.denied", "i:schema.notCompared"),
        Case("behind", Sample.rows(Sample.second), .behind, .legitimate, "e:version.behind", "i:schema.notCompared"),
        Case(
            "a row of newer code", Sample.rows("fedcba987654"), .ahead, .unknownRows, "e:version.rows.unknown",
            "e:version.ahead", "i:schema.notCompared"),
        Case(
            "an unknown row beside a known one", Sample.rows(Sample.second, "fedcba987654"), .ahead, .unknownRows,
            "e:version.rows.unknown", "e:version.ahead", "i:schema.notCompared"),
        Case(
            "an unknown row that can be no id", Sample.rows("see wiki: step 4"), .corrupt, .unknownRows,
            "e:version.rows.unknown", "i:schema.notCompared"),
        Case(
            "ancestor and descendant rows at the head", Sample.rows(Sample.first, Sample.head), .corrupt, .corrupt,
            "e:version.rows.redundant", "i:schema.notCompared"),
        Case(
            "ancestor and descendant rows, the head pending, a column dropped",
            Sample.with(Sample.rows(Sample.first, Sample.second)) { $0.schema = Sample.withoutColumn }, .corrupt,
            .corrupt, match: false, "e:version.rows.redundant", "e:version.behind", "e:schema.missingColumn",
            "i:schema.notCompared"),
        Case(
            "an unknown row beside ancestor and descendant", Sample.rows(Sample.first, Sample.second, "fedcba987654"),
            .corrupt, .corrupt, "e:version.rows.unknown", "e:version.rows.redundant", "i:schema.notCompared"),
        Case(
            "one row twice", Sample.rows(Sample.head, Sample.head), .corrupt, .corrupt, "e:version.rows.duplicate",
            "i:schema.notCompared"),
        Case(
            "a trailing blank", Sample.rows(Sample.head + " "), .corrupt, .corrupt, "e:version.rows.padded",
            "i:schema.notCompared"),
        Case(
            "a NULL row beside the head", Sample.rows(Sample.head, nil), .corrupt, .corrupt, "e:version.rows.null",
            "i:schema.notCompared"),
        Case(
            "nothing but NULL rows in a used database", Sample.rows(nil, nil), .corrupt, .corrupt,
            "e:version.rows.null", "i:schema.notCompared"),
        Case(
            "nothing but a NULL row in a database without tables",
            Sample.facts(Sample.table(.table(rows: [nil])), tables: [], schema: Sample.withoutTable), .corrupt,
            .corrupt, match: false, "e:version.rows.null", "e:version.behind", "i:schema.notCompared"),
        Case(
            "an empty string", Sample.rows(Sample.head, ""), .corrupt, .corrupt, "e:version.rows.empty",
            "i:schema.notCompared"),
        Case(
            "the word head", Sample.rows("head"), .corrupt, .corrupt, "e:version.rows.symbolic",
            "i:schema.notCompared"),
        Case(
            "the beginning of an id", Sample.rows("2222"), .corrupt, .corrupt, "e:version.rows.partial",
            "i:schema.notCompared"),
    ]

    static let schema = [
        Case(
            "stamped at the head with a column missing",
            Sample.facts(schema: Sample.withoutColumn), .drifted, .legitimate, match: false,
            "e:schema.missingColumn", "i:schema.notCompared"),
        Case(
            "stamped at the head with a table missing", Sample.facts(schema: Sample.withoutTable), .drifted,
            .legitimate, match: false, "e:schema.missingTable", "i:schema.notCompared"),
        Case(
            "stamped at the head of a database that has nothing",
            Sample.facts(tables: [], schema: Sample.withoutTable), .drifted, .legitimate, match: false,
            "e:schema.missingTable", "i:schema.notCompared"),
        Case(
            "behind, and a column that may come",
            Sample.with(Sample.rows(Sample.second)) { $0.schema = Sample.withoutColumn }, .behind, .legitimate,
            match: false, "e:version.behind", "w:schema.missingColumn", "i:schema.notCompared"),
        Case(
            "at the head without models", Sample.facts(schema: .notCompared(because: "env.py has no target_metadata")),
            .unverified, .legitimate, match: nil, "w:schema.notCompared"),
        Case(
            "at the head with models that map nothing",
            Sample.facts(
                schema: Sample.compared(ModelSchema(tables: [], defaultSchema: "public"), Catalog(tables: []))),
            .unverified, .legitimate, match: nil, "w:schema.notCompared"),
        Case(
            "behind without models",
            Sample.with(Sample.rows(Sample.second)) { $0.schema = .notCompared(because: "there are none") }, .behind,
            .legitimate, match: nil, "e:version.behind", "i:schema.notCompared"),
    ]
}
