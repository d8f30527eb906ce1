import Diagnosis
import Revisions
import Schema
import Testing

@Suite("What a user reads and pastes")
struct TextTests {
    static let unfit: [Unicode.Scalar] = [
        "\u{0}", "\u{7}", "\n", "\u{1b}", "\u{7f}", "\u{9b}", "\u{202e}", "\u{200b}", "\u{2028}",
    ]

    static func finding(_ code: String, _ facts: Facts) throws -> Finding {
        try #require(diagnose(facts).findings.first { $0.code == code })
    }

    @Test func theRepairOfTheStoryCanBePasted() throws {
        let finding = try Self.finding("version.rows.redundant", Sample.rows(Sample.first, Sample.second))
        #expect(
            finding.message
                == "Row '000000000000' of public.alembic_version is redundant: '111111111111' already implies it.")
        #expect(
            finding.remedy == """
                adminctl --database main fixVersion
                adminctl --database main fixVersion --apply
                """)
    }

    @Test func commandsQuoteTheDatabasesName() throws {
        let facts = Sample.with(Sample.rows(Sample.second)) { $0.database = "a b; reboot" }
        let finding = try Self.finding("version.behind", facts)
        #expect(finding.remedy == "adminctl --database 'a b; reboot' plan\nadminctl --database 'a b; reboot' migrate")
        #expect(finding.message == "1 revision is pending on database a b; reboot: 222222222222.")
        #expect(finding.evidence == ["rows: 111111111111", "heads: 222222222222", "pending: 222222222222"])
    }

    @Test func statementsQuoteNamesAndValues() throws {
        let facts = Sample.facts(Sample.table(.table(rows: ["22'2"]), name: "My Version"))
        let finding = try Self.finding("version.rows.unknown", facts)
        #expect(finding.message == "Row '22'2' of public.\"My Version\" is not a revision of this project.")
        let duplicate = Sample.facts(Sample.table(.table(rows: [Sample.head, Sample.head]), name: "My Version"))
        #expect(
            try Self.finding("version.rows.duplicate", duplicate).remedy.hasSuffix(
                "ALTER TABLE public.\"My Version\" ADD PRIMARY KEY (version_num);"))
    }

    @Test func aChoiceNamesEveryRowThatIsToStay() throws {
        let alone = try Self.finding("version.rows.partial", Sample.rows("2222"))
        #expect(alone.remedy.hasSuffix("fixVersion --to 222222222222 --apply"))
        let graph = RevisionGraph(revisions: Sample.line + [Sample.revision("333333333333")], problems: [])
        let rows = Sample.facts(Sample.table(.table(rows: ["2222", Sample.second, "333333333333"])), graph: graph)
        let beside = try Self.finding("version.rows.partial", rows)
        #expect(beside.remedy.hasSuffix("fixVersion --to 222222222222 333333333333 --apply"))
    }

    @Test func aProjectWithoutRevisionsIsSaidToHaveNone() throws {
        let facts = Sample.with(
            Sample.facts(
                Sample.table(.table(rows: ["a1", nil])), graph: RevisionGraph(revisions: [], problems: []))
        ) { $0.versionFolders = ["migrations/versions"] }
        let finding = try Self.finding("graph.empty", facts)
        #expect(
            finding.message
                == "The project has no revisions, but the version table public.alembic_version has rows: a1.")
        #expect(finding.evidence == ["no revision file in migrations/versions"])
        #expect(finding.remedy.hasPrefix("# Deploy the revision files to migrations/versions, or correct\n"))
        #expect(!diagnose(facts).findings.contains { ["version.rows.unknown", "version.ahead"].contains($0.code) })
    }

    /// A table was renamed by hand: what a pending revision drops from it fails because of the table.
    @Test func theErrorThatARevisionEndsWith() throws {
        func finding(_ present: [PendingRevision.Change], _ trial: RevisionTrial?) throws -> Finding {
            let facts = Sample.with(Sample.rows(Sample.first)) {
                $0.schema = .compared(
                    SchemaComparison(
                        pending: [PendingRevision(revision: Sample.head, present: present)], tablesCompared: 1),
                    gaps: [])
                $0.trial = trial
            }
            return try Self.finding("schema.alreadyExists", facts)
        }
        let column = PendingRevision.Change(action: .drops, kind: .column, object: "t.a")
        let table = PendingRevision.Change(action: .drops, kind: .table, object: "t")
        #expect(try finding([column], nil).message.hasSuffix("without a check it fails with 42703."))
        #expect(try finding([column, table], nil).message.hasSuffix("without a check it fails with 42P01."))
        let failure = RevisionTrial.Failure(revision: Sample.second, sqlstate: "23502", message: "null value")
        let tried = try finding([column, table], .failed(failure))
        #expect(
            tried.message.hasSuffix("In a trial without rows, revision 111111111111 failed with 23502 (null value)."))
        #expect(tried.remedy.contains("if_exists=True") && !tried.remedy.contains("if_not_exists"))
        #expect(tried.remedy.contains("# Or make the rest of the revision by hand"), "it is the first that is pending")
        #expect(try finding([column], nil).remedy.contains("# Or run the revisions before it"))
    }

    /// "Set target_metadata" helps only where nothing else keeps the schema from being compared.
    @Test func theRemedyOfAComparisonThatWasNotMadeFitsItsReason() throws {
        let alone = Sample.facts(schema: .notCompared(because: "env.py configures no target_metadata"))
        let models = try Self.finding("schema.notCompared", alone)
        #expect(models.remedy.hasPrefix("# Set target_metadata"))
        let failed = try Self.finding(
            "schema.notCompared", Sample.with(alone) { $0.replayProblems = ["revision a failed: no table x"] })
        #expect(failed.remedy.hasPrefix("# Remove what keeps the migrations from being replayed"))
        let running = try Self.finding("schema.notCompared", Sample.with(alone) { $0.isReplaying = true })
        #expect(running.remedy == "# Diagnose again when the replay is done:\nadminctl --database main diagnose")
    }

    @Test func anExceptionsFurtherLinesAreEvidence() throws {
        let facts = Sample.with(Sample.facts()) {
            $0.runnerProblems = [
                ProjectProblem(code: "project.environmentFailed", message: "KeyError: 'URL'\nwhile reading\r\nsettings")
            ]
        }
        let finding = try Self.finding("project.environmentFailed", facts)
        #expect(finding.message == "The project's env.py fails: KeyError: 'URL'.")
        #expect(finding.evidence == ["while reading", "settings"])
    }

    @Test func headsAreProposedOnlyWhenNothingOfTheModelsIsMissing() throws {
        let complete = try Self.finding("version.table.missing", Sample.facts(Sample.table(.missing)))
        #expect(complete.remedy.contains("adminctl --database main fixVersion --to 222222222222 --apply"))
        for schema in [Sample.withoutColumn, .notCompared(because: "there are no models")] {
            let unknown = try Self.finding(
                "version.table.missing", Sample.facts(Sample.table(.missing), schema: schema))
            #expect(unknown.remedy.contains("fixVersion --to REVISION --apply"))
            #expect(!unknown.remedy.contains(Sample.head))
        }
    }

    @Test func aRepairThatWouldBeRefusedSaysWhatComesFirst() throws {
        let alone = try Self.finding("version.rows.redundant", Sample.rows(Sample.first, Sample.second))
        let beside = try Self.finding("version.rows.redundant", Sample.rows(Sample.first, Sample.second, "head"))
        #expect(!alone.remedy.contains("#"))
        #expect(beside.remedy.hasPrefix("# First repair the rows"))
    }

    @Test func missingColumnsAreNamedWithTheirTypesAndTheReason() throws {
        let finding = try Self.finding("schema.missingColumn", Sample.facts(schema: Sample.withoutColumn))
        #expect(
            finding.message == "1 mapped column does not exist: prospects.bio_text; no revision is pending.")
        #expect(finding.evidence == ["prospects.bio_text TEXT"])
        let reasons: [(Facts, String)] = [
            (Sample.rows(Sample.second), "; pending revisions may create this."),
            (
                Sample.rows(Sample.first, Sample.second),
                "a pending revision may add this after the version rows are repaired."
            ),
            (Sample.rows("head"), "too damaged to tell whether a pending revision adds this."),
            (Sample.rows("fedcba987654"), "the version rows do not show whether a pending revision adds this."),
            (
                Sample.facts(graph: nil),
                "the project's scripts cannot be used, so it is not known whether a pending revision adds this."
            ),
        ]
        for (facts, reason) in reasons {
            let facts = Sample.with(facts) { $0.schema = Sample.withoutColumn }
            #expect(try Self.finding("schema.missingColumn", facts).message.hasSuffix(reason))
        }
    }

    @Test func aPlaceIsGivenAsEditorsTakeIt() throws {
        let facts = Sample.with(Sample.facts()) {
            $0.runnerProblems = [
                ProjectProblem(
                    code: "project.somethingNew", message: "It fails.", file: "alembic.ini", line: 12,
                    evidence: ["more"])
            ]
        }
        let finding = try Self.finding("project.invalid", facts)
        #expect(finding.message == "It fails.")
        #expect(finding.evidence == ["alembic.ini:12", "project.somethingNew", "more"])
        #expect(finding.remedy.hasPrefix("# Correct alembic.ini:12"))
    }

    @Test(arguments: unfit) func nothingFromADatabaseReachesTheTerminal(scalar: Unicode.Scalar) {
        let name = "x\(scalar)y"
        let comparison = SchemaComparison(
            differences: SchemaDifference.Kind.allCases.map {
                SchemaDifference(
                    kind: $0, object: "\"\(name)\".\"\(name)\"", models: name, migrations: name, live: name,
                    blame: .drift, breaking: $0 == .missingColumn, renamedTo: name)
            }, notComparable: [IncomparableObject(kind: .view, object: name, reason: name)], tablesCompared: 1)
        let schema = SchemaFacts.compared(comparison, gaps: [name])
        let table = VersionTableFacts(schema: name, name: name, presence: .table(rows: [name, nil, "head"]))
        for presence in [table.presence, .missing, .other(kind: name), .denied(message: name)] {
            var facts = Sample.facts(
                VersionTableFacts(schema: name, name: name, presence: presence),
                tables: [TableName(schema: name, name: name)], schema: schema)
            facts.database = name
            facts.runnerProblems = [
                ProjectProblem(code: "project.\(name)", message: name, file: name, evidence: [name])
            ]
            let findings = diagnose(facts).findings
            #expect(findings.count > 3)
            for finding in findings {
                // A message and evidence may have several lines, and the terminal indents them.
                let lines = ([finding.message] + finding.evidence).map { scalar == "\n" ? "" : $0 }
                let texts = lines + finding.remedy.split(separator: "\n").map(String.init)
                #expect(texts.allSatisfy { !$0.unicodeScalars.contains(scalar) }, "\(finding.code)")
            }
        }
    }
}
