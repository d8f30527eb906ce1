import Diagnosis
import Schema

extension Case {
    private static func unreached(_ reachability: Reachability) -> Facts {
        Facts(database: "main", reachability: reachability, graph: Sample.graph)
    }

    private static func compared(_ facts: Facts = Sample.facts(), _ change: (inout Facts) -> Void) -> Facts {
        Sample.with(facts) {
            $0.schema = .compared(SchemaComparison(tablesCompared: 1), gaps: [])
            change(&$0)
        }
    }

    private static func transaction(_ idleSeconds: Int64?, _ tables: [TableName] = Sample.tables) -> TransactionFacts {
        TransactionFacts(
            pid: 4711, user: "app", application: "psql\u{1B}[2J", since: "2026-11-28T01:02:03Z", seconds: 7_300,
            idleSeconds: idleSeconds, lockedTables: tables)
    }

    private static func role(_ creates: String, _ others: [TableName] = []) -> RoleFacts {
        RoleFacts(name: "app", creationSchema: creates, otherVersionTables: others)
    }

    /// The pending head changes `prospects`, which belongs to another role.
    private static func withoutOwnership(securityDefiner: Bool = false) -> PrivilegeFacts {
        let table = ObjectKey(.relation, schema: "public", name: "prospects")
        return PrivilegeFacts(
            role: RolePrivileges(
                role: "app", serverVersion: 150_004, database: "shop",
                foreignObjects: [table: RolePrivileges.ForeignObject(owner: "boss")], rowStatements: [.update]),
            operations: [Sample.head: [.alters(table)]], hasSecurityDefiner: securityDefiner)
    }

    private static let ownTable = VersionTableFacts(
        schema: "app", presence: .table(rows: [Sample.head]), columnWidth: 32)

    /// The environment of a schema: other sessions, the role, the files, the shadow.
    static let environment = [
        Case(
            "no such database", unreached(.databaseMissing(message: "database \"x\" does not exist")), .unreachable,
            nil,
            match: nil, "e:server.databaseMissing"),
        Case(
            "a version table that is locked", unreached(.locked(message: "canceling statement due to lock timeout")),
            .unreachable, nil, match: nil, "e:server.locked"),
        Case(
            "a read that was cancelled", unreached(.failed(message: "canceling statement due to user request")),
            .unreachable, nil, match: nil, "e:server.readFailed"),
        Case(
            "a schema that does not hold still", compared { $0.changeMessage = "It changed." }, .inSync, .legitimate,
            "w:server.changing"),
        Case(
            "rows in another version table",
            Sample.with(Sample.facts(Sample.table(.missing))) {
                $0.formerVersionTables = [
                    FormerVersionTable(
                        name: TableName(schema: "old", name: "alembic_version"), rows: [Sample.head],
                        move: ["ALTER TABLE old.alembic_version SET SCHEMA public;"])
                ]
            }, .unmanaged, .missing, "e:version.table.moved", "i:schema.notCompared"),
        Case(
            "another session that has changed the version table",
            compared { $0.changingSessions = [.init(pid: 7, user: "app", changesVersionTable: true)] }, .inSync,
            .legitimate, "w:server.migrating"),
        Case(
            "another session that has locked a table as for DDL",
            compared(Sample.rows(Sample.second)) { $0.changingSessions = [.init(pid: 7, lockedTables: Sample.tables)] },
            .behind, .legitimate, "e:version.behind", "w:server.migrating"),
        Case(
            "a first migration at work",
            Sample.with(Sample.facts(Sample.table(.missing), tables: [])) {
                $0.changingSessions = [.init(pid: 7, hasNewRelations: true)]
            }, .empty, .missing, match: true, "e:version.behind", "w:server.migrating", "i:version.table.missing",
            "i:schema.notCompared"),
        Case(
            "a session with temporary tables",
            compared { $0.changingSessions = [.init(pid: 7, hasNewRelations: true)] }, .inSync, .legitimate),
        Case(
            "an index that is being built",
            Sample.with(Sample.facts()) {
                let index = SchemaDifference(kind: .indexInvalid, object: "i", live: "INVALID", breaking: false)
                $0.schema = .compared(
                    SchemaComparison(differences: [index], tablesCompared: 1), gaps: [])
                $0.changingSessions = [.init(pid: 7, lockedTables: Sample.tables, buildsIndex: true)]
            }, .inSync, .legitimate, "w:server.migrating", "i:schema.indexInvalid"),
        Case(
            "a forgotten transaction", compared { $0.transactions = [transaction(7_200)] }, .inSync,
            .legitimate, "w:server.longTransaction"),
        Case(
            "a long report", compared { $0.transactions = [transaction(nil, [])] }, .inSync, .legitimate,
            "i:server.longTransaction"),
        Case(
            "a long report in the way of a migration",
            compared(Sample.rows(Sample.second)) { $0.transactions = [transaction(nil)] }, .behind, .legitimate,
            "e:version.behind", "w:server.longTransaction"),
        Case(
            "a statement_timeout of a millisecond",
            compared { $0.role = RoleFacts(name: "app", statementTimeoutMs: 1) }, .inSync, .legitimate,
            "w:server.statementTimeout"),
        Case(
            "a statement_timeout of a second",
            compared { $0.role = RoleFacts(name: "app", statementTimeoutMs: 1_000) }, .inSync, .legitimate),
        Case(
            "a pending revision that changes a table of another owner",
            compared(Sample.rows(Sample.second)) { $0.privileges = withoutOwnership() }, .behind, .legitimate,
            "e:version.behind", "e:server.missingPrivileges"),
        Case(
            "the same with routines that may change it",
            compared(Sample.rows(Sample.second)) { $0.privileges = withoutOwnership(securityDefiner: true) }, .behind,
            .legitimate, "e:version.behind", "w:server.missingPrivileges"),
        Case(
            "a table of another owner that no pending revision changes",
            compared(Sample.rows(Sample.head)) { $0.privileges = withoutOwnership() }, .inSync, .legitimate),
        Case(
            "a version table in the role's own schema that hides another",
            compared(Sample.facts(ownTable)) {
                $0.role = role("app", [TableName(schema: "public", name: "alembic_version")])
            }, .inSync, .legitimate, "w:server.ownSchema"),
        Case(
            "a role's own schema where nothing is", compared { $0.role = role("app") }, .inSync, .legitimate,
            "w:server.ownSchema"),
        Case(
            "a version table that would be created outside the tables' schema",
            compared(Sample.facts(VersionTableFacts(schema: "app", presence: .missing))) { $0.role = role("app") },
            .unmanaged, .missing, "e:version.table.missing", "w:server.ownSchema"),
        Case(
            "a role that has everything in its own schema",
            compared(Sample.facts(ownTable, tables: [TableName(schema: "app", name: "prospects")])) {
                $0.role = role("app")
            }, .inSync, .legitimate),
        Case(
            "a schema for each tenant",
            compared { $0.role = role("public", [TableName(schema: "tenant", name: "alembic_version")]) }, .inSync,
            .legitimate),
        Case(
            "scripts that others may write",
            compared {
                $0.writableFiles = [
                    WritableFile(path: "/srv/a pp", writer: .everyone),
                    WritableFile(path: "/srv/python", writer: .owner("dev")),
                    WritableFile(path: "/srv/x\n.py", writer: .group("staff")),
                ]
            }, .inSync, .legitimate, "w:project.writableByOthers"),
        Case(
            "an env.py that ignores the shadow",
            Sample.with(Sample.facts()) { $0.openedInsteadOfShadow = "It opened database \"main\"." }, .inSync,
            .legitimate, "w:project.ignoresShadow", "i:schema.notCompared"),
        Case(
            "an env.py that creates a schema",
            compared { $0.environmentChanges = EnvironmentChanges(changes: ["creates schema shop"], repeats: false) },
            .inSync, .legitimate, "i:project.changesDatabase"),
        Case(
            "an env.py that writes each time",
            compared {
                $0.environmentChanges = EnvironmentChanges(changes: ["changes the rows of log"], repeats: true)
            }, .inSync, .legitimate, "w:project.changesDatabase"),
        Case(
            "a shadow that cannot be made",
            Sample.with(Sample.facts()) {
                $0.shadowProblem = ShadowProblem(reason: "no cluster can be made\nNo space left on device")
            }, .inSync, .legitimate, "w:shadow.unavailable", "i:schema.notCompared"),
        Case(
            "a shadow that cannot listen",
            Sample.with(Sample.facts()) {
                $0.shadowProblem = ShadowProblem(reason: "no port\n127.0.0.1: refused", cause: .notListening)
            }, .inSync, .legitimate, "w:shadow.notListening", "i:schema.notCompared"),
        Case(
            "a replay that took too long",
            Sample.with(Sample.facts()) {
                $0.replayTimeout = ReplayTimeoutFacts(
                    revision: Sample.head, limit: "600.0 seconds", place: "versions/x.py:7",
                    stack: ["versions/x.py:7 in upgrade"])
            }, .inSync, .legitimate, "w:shadow.replayTimeout", "i:schema.notCompared"),
        Case(
            "a replay that took too long before the first revision",
            Sample.with(Sample.facts()) {
                $0.replayTimeout = ReplayTimeoutFacts(revision: nil, limit: "1.0 seconds")
            },
            .inSync, .legitimate, "w:shadow.replayTimeout", "i:schema.notCompared"),
        Case(
            "a shadow without a role",
            Sample.with(Sample.facts()) {
                $0.roleMissingInShadow = MissingRole(role: "Reporting", revision: Sample.head)
            }, .inSync, .legitimate, "w:shadow.roleMissing", "i:schema.notCompared"),
        Case(
            "a pending revision that needs a role",
            compared(Sample.rows(Sample.second)) {
                $0.missingRoles = [
                    MissingRole(role: "Reporting", revision: Sample.head),
                    MissingRole(role: "gone", revision: Sample.first),
                ]
            }, .behind, .legitimate, "e:version.behind", "e:server.roleMissing"),
        Case(
            "a host without PostgreSQL's programs",
            Sample.with(Sample.facts()) {
                $0.shadowProblem = ShadowProblem(reason: "initdb is not installed", cause: .notInstalled)
            }, .inSync, .legitimate, "i:shadow.unavailable", "i:schema.notCompared"),
        Case(
            "probes whose server is away",
            compared { $0.probes = [ProbeFacts(name: "list", total: nil, returned: nil, connectionError: "refused")] },
            .inSync, .legitimate, "w:probe.notRun"),
        Case(
            "probes for a standby that is away",
            compared {
                $0.probes = [
                    ProbeFacts(
                        name: "list", total: nil, returned: nil, connectionError: "refused", usesReadURL: true)
                ]
            }, .unverified, .legitimate, "e:probe.notRun"),
    ]
}
