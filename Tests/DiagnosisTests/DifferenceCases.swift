import Diagnosis
import Schema

extension Case {
    /// Differences of every kind, each as a replay of the migrations would show it.
    static let differences = [
        difference("a type that takes less", .type, breaking: true, "e:schema.typeDiffers"),
        difference("another type that takes as much", .type, "w:schema.typeDiffers"),
        difference("a label that the models write", .enumLabels, breaking: true, "e:schema.enumDiffers"),
        difference("a dropped NOT NULL", .nullability, "w:schema.nullabilityDiffers"),
        difference("a dropped default", .default, live: nil, "w:schema.defaultDiffers"),
        difference("a column created by hand", .extraColumn, migrations: nil, "w:schema.extraColumn"),
        difference(
            "a column created by hand that nothing fills", .extraColumn, migrations: nil, breaking: true,
            "e:schema.extraColumn"),
        difference("a dropped constraint", .missingConstraint, live: nil, "w:schema.constraintDiffers"),
        difference("a constraint under another name", .constraintName, "i:schema.constraintDiffers"),
        difference("a dropped index", .missingIndex, live: nil, "w:schema.indexDiffers"),
        difference("an index that is not finished", .indexInvalid, "w:schema.indexInvalid"),
        difference("a dropped trigger", .missingTrigger, live: nil, "w:schema.tableDiffers"),
        difference("another view", .view, "w:schema.objectDiffers"),
        difference("a table that only the migrations know", .missingTable, live: nil, "w:schema.missingTable"),
        difference("a column that only the migrations know", .missingColumn, live: nil, "w:schema.missingColumn"),
        Case(
            "behind, and a type that a pending revision may change",
            Sample.with(Sample.rows(Sample.second)) {
                $0.schema = .compared(
                    SchemaComparison(
                        differences: [
                            SchemaDifference(
                                kind: .type, object: "prospects.bio", models: "BIGINT", live: "integer", breaking: true)
                        ], tablesCompared: 1, hasMigrations: false), gaps: [])
            }, .behind, .legitimate, match: true, "e:version.behind", "w:schema.typeDiffers"),
        Case(
            "rows that are older than the schema",
            Sample.with(Sample.rows(Sample.second)) {
                $0.schema = .compared(
                    SchemaComparison(
                        pending: [
                            PendingRevision(
                                revision: Sample.head,
                                present: [.init(action: .creates, kind: .column, object: "prospects.bio")],
                                isApplied: true)
                        ], tablesCompared: 1), gaps: [])
            }, .behind, .legitimate, "e:version.rows.stale", "e:version.behind"),
        Case(
            "a pending revision of which a part exists",
            Sample.with(Sample.rows(Sample.second)) {
                $0.schema = .compared(
                    SchemaComparison(
                        pending: [
                            PendingRevision(
                                revision: Sample.head,
                                present: [.init(action: .creates, kind: .enum, object: "mood", isSame: false)])
                        ], tablesCompared: 1), gaps: [])
            }, .behind, .legitimate, "e:version.behind", "e:schema.alreadyExists"),
        trial("fails at what exists", .failed(.init(revision: Sample.head, sqlstate: "42710", message: "m")), "e"),
        trial("fails elsewhere", .failed(.init(revision: Sample.head, sqlstate: "22012", message: "m")), "e"),
        trial("ends well", .passed, "w"), trial("runs", .running, "e"),
        trial("cannot be made", .notPossible(because: "no shadow"), "e"),
        Case(
            "models that need a longer text than the migrations make",
            Sample.facts(
                schema: .compared(
                    SchemaComparison(
                        advice: [
                            SchemaDifference(
                                kind: .type, object: "prospects.bio", models: "character varying(100)",
                                migrations: "character varying(10)", blame: .missingMigration, breaking: true)
                        ], tablesCompared: 1), gaps: [])), .drifted, .legitimate, "e:schema.modelsNeedMore"),
        Case(
            "the first replay of the migrations is not done",
            Sample.with(
                Sample.facts(
                    schema: .compared(
                        SchemaComparison(tablesCompared: 1, hasMigrations: false), gaps: ["it is replayed"]))
            ) { $0.isReplaying = true }, .unverified, .legitimate, "w:schema.notCompared"),
        Case(
            "tables without version rows, while the migrations are replayed",
            Sample.with(Sample.facts(Sample.table(.missing))) { ($0.isReplaying, $0.projectTables) = (true, nil) },
            .unverified, .missing, "w:version.table.missing", "i:schema.notCompared"),
        Case(
            "tables of another project alone",
            Sample.with(Sample.facts(Sample.table(.missing), schema: Sample.withoutTable)) { $0.projectTables = [] },
            .empty, .missing, match: false, "e:version.behind", "i:version.table.missing", "i:schema.notCompared"),
        Case(
            "something that could not be compared",
            Sample.facts(
                schema: .compared(
                    SchemaComparison(
                        notComparable: [IncomparableObject(kind: .view, object: "v", reason: "of two versions")],
                        tablesCompared: 1), gaps: [])), .inSync, .legitimate, "i:schema.notCompared"),
        Case(
            "everything compared, and nothing found",
            Sample.facts(schema: .compared(SchemaComparison(tablesCompared: 1), gaps: [])), .inSync, .legitimate),
        Case(
            "a table that is locked",
            Sample.with(Sample.facts(schema: .compared(SchemaComparison(tablesCompared: 1), gaps: []))) {
                $0.lockMessage = "canceling statement due to lock timeout"
            }, .inSync, .legitimate, "w:server.locked"),
    ]

    private static func difference(
        _ description: String, _ kind: SchemaDifference.Kind, migrations: String? = "integer", live: String? = "text",
        breaking: Bool = false, _ finding: String
    ) -> Case {
        let difference = SchemaDifference(
            kind: kind, object: "prospects.bio", migrations: migrations, live: live,
            blame: migrations == nil ? .handMade : .drift, breaking: breaking)
        let comparison = SchemaComparison(differences: [difference], tablesCompared: 1)
        return Case(
            description, Sample.facts(schema: .compared(comparison, gaps: [])),
            kind.isInformational ? .inSync : .drifted, .legitimate, match: !breaking, finding)
    }

    /// A pending revision of which the database has a type, and what a trial of it says.
    private static func trial(_ description: String, _ trial: RevisionTrial, _ severity: String) -> Case {
        Case(
            "a pending revision of which a part exists, and a trial that \(description)",
            Sample.with(Sample.rows(Sample.second)) {
                $0.schema = .compared(
                    SchemaComparison(
                        pending: [
                            PendingRevision(
                                revision: Sample.head, present: [.init(action: .creates, kind: .enum, object: "mood")])
                        ], tablesCompared: 1), gaps: [])
                $0.trial = trial
            }, .behind, .legitimate, "e:version.behind", "\(severity):schema.alreadyExists")
    }
}
