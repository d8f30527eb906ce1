import Diagnosis
import Revisions
import Schema

extension Case {
    private static let notRead = SchemaFacts.notCompared(because: "the models were not read")

    private static func unreached(_ reachability: Reachability) -> Facts {
        Facts(database: "main", reachability: reachability, graph: Sample.graph)
    }

    private static func project(_ code: String, graph: RevisionGraph? = Sample.graph) -> Facts {
        Sample.with(Sample.facts(graph: graph, schema: notRead)) {
            $0.runnerProblems = [ProjectProblem(code: code, message: "It fails.", file: "alembic/env.py", line: 7)]
        }
    }

    static let serverAndProject = [
        Case(
            "the server is down", unreached(.unreachable(message: "Connection refused")), .unreachable, nil,
            match: nil, "e:server.unreachable"),
        Case(
            "a wrong password", unreached(.authenticationFailed(message: "password authentication failed")),
            .permissionDenied, nil, match: nil, "e:server.authentication"),
        Case(
            "no CONNECT", unreached(.denied(message: "permission denied for database")), .permissionDenied, nil,
            match: nil, "e:server.denied"),
        Case(
            "a standby", Sample.with(Sample.facts()) { $0.server?.inRecovery = true }, .inSync, .legitimate,
            "w:server.readOnly", "i:schema.notCompared"),
        Case(
            "a role that starts read-only", Sample.with(Sample.facts()) { $0.server?.readOnly = true }, .inSync,
            .legitimate, "w:server.readOnly", "i:schema.notCompared"),
        Case(
            "a pooler", Sample.with(Sample.facts()) { $0.server?.pooled = true }, .inSync, .legitimate,
            "w:server.pooler", "i:schema.notCompared"),
        Case(
            "a probe that counts rows and gets none",
            Sample.with(Sample.facts()) {
                $0.probes = [
                    ProbeFacts(name: "all's well", total: 0, returned: 0),
                    ProbeFacts(name: "list", total: 3, returned: 0),
                ]
            }, .drifted, .legitimate, "e:probe.silentFailure", "i:schema.notCompared"),
        Case(
            "a probe that fails",
            Sample.with(Sample.facts()) {
                $0.probes = [
                    ProbeFacts(
                        name: "list\u{1B}[2J", total: 3, returned: nil,
                        failures: [.init(query: "rows", sqlstate: "42703", message: "column \"x\" does not exist")])
                ]
            }, .drifted, .legitimate, "e:probe.failed", "i:schema.notCompared"),
        Case(
            "a project folder that is not there",
            Sample.with(Sample.facts(graph: nil, schema: notRead)) {
                $0.projectProblem = ProjectProblem(code: "project.configMissing", message: "It is not there.")
            }, .projectInvalid, nil, match: nil, "e:project.invalid"),
        Case(
            "a project that cannot be read, and a database without rows",
            Sample.with(Sample.facts(Sample.table(.table(rows: [])), graph: nil, schema: notRead)) {
                $0.projectProblem = ProjectProblem(code: "project.invalid", message: "It is malformed.")
            }, .projectInvalid, .empty, match: nil, "e:project.invalid", "e:version.table.empty"),
        Case(
            "a project that cannot be read, and a server that is down",
            Sample.with(unreached(.unreachable(message: "Connection refused"))) {
                $0.graph = nil
                $0.projectProblem = ProjectProblem(code: "project.invalid", message: "It is malformed.")
            }, .unreachable, nil, match: nil, "e:server.unreachable", "e:project.invalid"),
        Case(
            "a problem with the code of a rule that has a check of its own", project("server.pooler"), .projectInvalid,
            .legitimate, match: nil, "e:project.invalid"),
        Case(
            "no folder", project("project.folderMissing"), .projectInvalid, .legitimate, match: nil,
            "e:project.folderMissing"),
        Case(
            "no driver", project("project.driverMissing"), .projectInvalid, .legitimate, match: nil,
            "e:project.driverMissing"),
        Case(
            "an old SQLAlchemy", project("project.versionTooOld"), .projectInvalid, .legitimate, match: nil,
            "e:project.versionTooOld"),
        Case(
            "an interpreter that a .pth file ends", project("project.pathFileFailed"), .projectInvalid, .legitimate,
            match: nil, "e:project.pathFileFailed"),
        Case(
            "an application that starts alembic", project("project.migratesItself"), .projectInvalid, .legitimate,
            match: nil, "e:project.migratesItself"),
        Case(
            "what a run noticed",
            Sample.with(Sample.facts()) {
                $0.runnerProblems = ["pathFileFailed", "migratesItself", "optionNotRead"].map {
                    ProjectProblem(code: "project.\($0)", message: "It fails.", isBlocking: false)
                }
            }, .inSync, .legitimate, "w:project.pathFileFailed", "w:project.migratesItself",
            "w:project.optionNotRead", "i:schema.notCompared"),
        Case(
            "an env.py that does not end", project("project.environmentTimeout"), .projectInvalid, .legitimate,
            match: nil, "e:project.environmentTimeout"),
        Case(
            "an env.py that is still running",
            Sample.with(Sample.facts()) {
                $0.runnerProblems = [
                    ProjectProblem(code: "project.environmentRunning", message: "It runs.", isBlocking: false)
                ]
            }, .unverified, .legitimate, "w:project.environmentRunning", "i:schema.notCompared"),
        Case(
            "offline only", project("project.offlineOnly"), .projectInvalid, .legitimate, match: nil,
            "e:project.offlineOnly"),
        Case(
            "several runs", project("project.severalRuns"), .projectInvalid, .legitimate, match: nil,
            "e:project.severalRuns"),
        Case(
            "env.py cannot connect", project("project.cannotConnect"), .projectInvalid, .legitimate, match: nil,
            "e:project.cannotConnect"),
        Case(
            "Alembic reads another graph", project("project.graphDisagrees"), .projectInvalid, .legitimate, match: nil,
            "e:project.graphDisagrees"),
        Case(
            "a deployment under way", project("project.changedWhileRunning"), .unverified, .legitimate, match: nil,
            "w:project.changedWhileRunning"),
        Case(
            "no interpreter", project("project.interpreterMissing"), .projectInvalid, .legitimate, match: nil,
            "e:project.interpreterMissing"),
        Case(
            "no Alembic", project("project.alembicMissing"), .projectInvalid, .legitimate, match: nil,
            "e:project.alembicMissing"),
        Case(
            "env.py raises", project("project.environmentFailed"), .projectInvalid, .legitimate, match: nil,
            "e:project.environmentFailed"),
        Case(
            "env.py opens another database", project("project.wrongDatabase"), .projectInvalid, .legitimate,
            match: nil, "e:project.wrongDatabase"),
        Case(
            "env.py looks in a schema that does not exist", project("project.schemaMissing"), .projectInvalid,
            .legitimate, match: nil, "e:project.schemaMissing"),
        Case(
            "env.py writes during a read",
            project("project.writesDuringRead"), .unverified, .legitimate, match: nil, "w:project.writesDuringRead"),
        Case(
            "env.py writes during a read, and no table has the usual name",
            Sample.with(project("project.writesDuringRead")) { $0.versionTable = Sample.table(.missing) }, .unverified,
            .missing, match: nil, "w:project.writesDuringRead", "w:version.table.missing"),
        Case(
            "env.py writes during a read, in a fresh database",
            Sample.with(project("project.writesDuringRead")) {
                $0.versionTable = Sample.table(.missing)
                $0.applicationTables = []
            }, .empty, .missing, match: nil, "e:version.behind", "w:project.writesDuringRead",
            "i:version.table.missing"),
    ]

    private static func broken(_ code: String) -> Facts {
        Sample.facts(
            graph: RevisionGraph(
                revisions: Sample.line,
                problems: [GraphProblem(code: code, message: "It is broken.", file: "alembic/versions/x.py", line: 3)]))
    }

    private static func longGraph(_ down: String = Sample.head) -> RevisionGraph {
        RevisionGraph(revisions: Sample.line + [Sample.revision(Sample.longId, down)], problems: [])
    }

    static let graph = [
        Case(
            "a duplicate id", broken("graph.duplicateId"), .projectInvalid, nil, "e:graph.duplicateId",
            "i:schema.notCompared"),
        Case(
            "a computed header", broken("graph.notLiteral"), .projectInvalid, nil, "e:graph.notLiteral",
            "i:schema.notCompared"),
        Case(
            "a computed header that Alembic has loaded",
            Sample.facts(
                graph: RevisionGraph(
                    revisions: Sample.line,
                    problems: [
                        GraphProblem(
                            code: "graph.notLiteral", message: "It is computed.", file: "x.py", line: 3,
                            isBlocking: false)
                    ])), .inSync, .legitimate, "w:graph.notLiteral", "i:schema.notCompared"),
        Case(
            "an unreadable file", broken("graph.unreadable"), .projectInvalid, nil, "e:graph.unreadable",
            "i:schema.notCompared"),
        Case("a cycle", broken("graph.cycle"), .projectInvalid, nil, "e:graph.cycle", "i:schema.notCompared"),
        Case(
            "a missing parent",
            Sample.facts(graph: RevisionGraph(revisions: [Sample.revision(Sample.head, "gone")], problems: [])),
            .projectInvalid, nil, "e:graph.missingParent", "i:schema.notCompared"),
        Case(
            "a graph that breaks while a column is missing",
            Sample.with(broken("graph.cycle")) { $0.schema = Sample.withoutColumn }, .projectInvalid, nil,
            match: false, "e:graph.cycle", "e:schema.missingColumn", "i:schema.notCompared"),
        Case(
            "a pending id of 33 characters", Sample.facts(graph: longGraph()), .behind, .legitimate,
            "e:version.table.width", "e:version.behind", "i:schema.notCompared"),
        Case(
            "a pending id of 33 characters in a fresh database",
            Sample.facts(
                Sample.table(.missing, width: nil), graph: longGraph(), tables: [], schema: Sample.withoutTable),
            .empty, .missing, match: false, "e:version.table.width", "e:version.behind", "i:version.table.missing",
            "i:schema.notCompared"),
        Case(
            "a pending id of 33 characters and a column that holds it",
            Sample.facts(Sample.table(.table(rows: [Sample.head]), width: 255), graph: longGraph()), .behind,
            .legitimate, "e:version.behind", "w:graph.idTooLong", "i:schema.notCompared"),
        Case(
            "a recorded id of 33 characters",
            Sample.facts(Sample.table(.table(rows: [Sample.longId]), width: nil), graph: longGraph()), .inSync,
            .legitimate, "w:graph.idTooLong", "i:schema.notCompared"),
        Case(
            "two heads of one line, both recorded",
            Sample.facts(
                Sample.table(.table(rows: [Sample.head, "333333333333"])),
                graph: RevisionGraph(
                    revisions: Sample.line + [Sample.revision("333333333333", Sample.second)], problems: [])),
            .inSync, .legitimate, "w:graph.multipleHeads", "i:schema.notCompared"),
        Case(
            "two independent lines, both recorded",
            Sample.facts(
                Sample.table(.table(rows: [Sample.head, "333333333333"])),
                graph: RevisionGraph(revisions: Sample.line + [Sample.revision("333333333333")], problems: [])),
            .inSync, .legitimate, "i:graph.multipleHeads", "i:schema.notCompared"),
        Case(
            "two lines that depend on the same revision of a third",
            Sample.facts(
                Sample.table(.table(rows: [Sample.head, "333333333333", "444444444444"])),
                graph: RevisionGraph(
                    revisions: Sample.line + [
                        Sample.revision("333333333333", dependsOn: [Sample.first]),
                        Sample.revision("444444444444", dependsOn: [Sample.first]),
                    ], problems: [])),
            .inSync, .legitimate, "i:graph.multipleHeads", "i:schema.notCompared"),
        Case(
            "a branch with a label, beside the line that it left",
            Sample.facts(
                Sample.table(.table(rows: [Sample.head, "333333333333"])),
                graph: RevisionGraph(
                    revisions: Sample.line + [Sample.revision("333333333333", Sample.first, labels: ["contract"])],
                    problems: [])),
            .inSync, .legitimate, "i:graph.multipleHeads", "i:schema.notCompared"),
        Case(
            "two heads within one branch with a label",
            Sample.facts(
                Sample.table(.table(rows: [Sample.head, "444444444444", "555555555555"])),
                graph: RevisionGraph(
                    revisions: Sample.line + [
                        Sample.revision("333333333333", Sample.first, labels: ["contract"]),
                        Sample.revision("444444444444", "333333333333"),
                        Sample.revision("555555555555", "333333333333"),
                    ], problems: [])),
            .inSync, .legitimate, "w:graph.multipleHeads", "i:schema.notCompared"),
        Case(
            "a row and the target of its depends_on",
            Sample.facts(
                Sample.table(.table(rows: [Sample.head, "333333333333"])),
                graph: RevisionGraph(
                    revisions: Sample.line + [Sample.revision("333333333333", dependsOn: [Sample.head])], problems: [])),
            .corrupt, .corrupt, "e:version.rows.redundant", "i:schema.notCompared"),
    ]
}
