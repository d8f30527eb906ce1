import Diagnosis
import Support
import Testing
import Wire

/// A login that may not do what the pending revisions do. Nothing runs until the statements of the remedy have run.
@Suite struct MissingPrivilegesTests {
    private static let added = "b00000000001"
    private static let addsColumn = "op.execute(\"ALTER TABLE notes ADD COLUMN extra text\")"

    /// Runs the body with an agent whose login is `role`; the database belongs to a superuser, and `owner` is one more
    /// role.
    private static func with(
        environment: String = SmallProject.environment(), options: String = "LOGIN", migrates: Bool = true,
        isEmbedded: Bool = false,
        revision: String = addsColumn,
        _ body: @Sendable (_ fixture: ProjectFixture, _ role: String, _ owner: String) async throws -> Void
    ) async throws {
        // Only an embedded shadow lets every role do everything.
        let shadow = isEmbedded ? [] : try await ShadowFixture.settings()
        try await TemporaryRole.with { owner in
            try await TemporaryRole.with { role in
                try await TestCluster.administer("ALTER ROLE \(role) \(options)")
                let environment = environment.replacing("OWNER", with: owner)
                try await ProjectFixture.with(environment: environment, starts: false) { settings, project in
                    settings.shadow = shadow
                    settings.url = settings.url?.replacing("user=postgres", with: "user=\(role)")
                    if migrates {
                        try project.revision(added, down: SmallProject.base, revision.replacing("OWNER", with: owner))
                    }
                } _: { fixture in
                    if migrates {
                        for statement in [
                            "CREATE TABLE notes (id integer PRIMARY KEY, text text)",
                            "CREATE TABLE steps (revision text)",
                            "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY)",
                            "INSERT INTO alembic_version VALUES ('\(SmallProject.base)')",
                            "INSERT INTO steps VALUES ('\(SmallProject.base)')",
                            "ALTER TABLE notes OWNER TO \(owner)", "ALTER TABLE steps OWNER TO \(role)",
                            "ALTER TABLE alembic_version OWNER TO \(role)",
                        ] { try await fixture.database.execute(statement) }
                    }
                    try await fixture.agent.start()
                    try await body(fixture, role, owner)
                    try await fixture.database.waitForIdleSessions()
                }
            }
        }
    }

    private static func finding(_ findings: [Finding]) -> Finding? {
        findings.first { $0.code == "server.missingPrivileges" }
    }

    private static func statements(_ finding: Finding) -> [String] {
        finding.remedy.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    /// Checks that nothing runs, executes the statements of the remedy, and migrates.
    ///
    /// - Parameters:
    ///   - lacks: a part of the evidence.
    ///   - statements: of the remedy.
    private static func repair(
        _ fixture: ProjectFixture, lacks: String, statements expected: [String]
    ) async throws {
        let agent = fixture.agent
        let before = try await agent.diagnoseAfterReplay()
        let finding = try #require(Self.finding(before.findings), "\(before.findings)")
        #expect(finding.severity == .error)
        #expect(finding.evidence.contains { $0.contains(lacks) }, "\(finding)")
        #expect(statements(finding) == expected)
        #expect(try await self.finding(agent.call(Plan.self, .init()).findings) == finding)
        let rows = try await fixture.steps()
        let refusal = try await agent.refusal(Migrate.self, .init())
        #expect(refusal.code == .permissionDenied && refusal.message.contains("nothing was run"), "\(refusal)")
        #expect(try await fixture.steps() == rows)
        for statement in statements(finding) { try await fixture.database.execute(statement) }
        let after = try await agent.diagnose()
        #expect(self.finding(after.findings) == nil)
        #expect(try await !agent.call(Migrate.self, .init()).applied.isEmpty)
        let migrated = try await agent.diagnose()
        #expect(migrated.verdict == .inSync && self.finding(migrated.findings) == nil)
    }

    /// Checks that nothing is found, and migrates.
    private static func migrates(_ fixture: ProjectFixture) async throws {
        let diagnosis = try await fixture.agent.diagnoseAfterReplay()
        #expect(
            finding(diagnosis.findings) == nil && diagnosis.revisions?.pending?.isEmpty == false,
            "\(diagnosis.findings)")
        #expect(try await !fixture.agent.call(Migrate.self, .init()).applied.isEmpty)
    }

    /// Since PostgreSQL 15, only the owner of the database may create objects in `public`.
    @Test func loginOwnsNothing() async throws {
        try await Self.with(migrates: false) { fixture, role, _ in
            try await fixture.database.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
            try await Self.repair(
                fixture, lacks: "CREATE on schema public: needed by \(SmallProject.base)",
                statements: ["GRANT CREATE ON SCHEMA public TO \(role);"])
        }
    }

    @Test func oneTableBelongsToAnotherRole() async throws {
        try await Self.with { fixture, role, owner in
            try await Self.repair(
                fixture, lacks: "public.notes, which belongs to \(owner): needed by \(Self.added)",
                statements: ["GRANT \(owner) TO \(role);"])
            // The table keeps its owner.
            let table = "SELECT relowner::regrole FROM pg_class WHERE relname = 'notes'"
            #expect(try await fixture.database.value(table) == owner)
        }
    }

    /// A membership in a superuser would allow everything.
    @Test func oneTableBelongsToASuperuser() async throws {
        try await Self.with { fixture, role, _ in
            try await fixture.database.execute("ALTER TABLE notes OWNER TO postgres")
            try await Self.repair(
                fixture, lacks: "public.notes, which belongs to postgres",
                statements: ["ALTER TABLE public.notes OWNER TO \(role);"])
        }
    }

    @Test func ownerIsAMemberOfTheLogin() async throws {
        try await Self.with { fixture, role, owner in
            try await fixture.database.execute("GRANT \(role) TO \(owner)")
            try await Self.repair(
                fixture, lacks: "public.notes, which belongs to \(owner)",
                statements: ["ALTER TABLE public.notes OWNER TO \(role);"])
        }
    }

    @Test func versionTableThatTheLoginMayOnlyRead() async throws {
        try await Self.with(revision: "pass") { fixture, role, owner in
            try await fixture.database.execute("ALTER TABLE alembic_version OWNER TO \(owner)")
            try await fixture.database.execute("GRANT SELECT ON alembic_version TO \(role)")
            try await Self.repair(
                fixture, lacks: "UPDATE on public.alembic_version: needed by \(Self.added)",
                statements: ["GRANT SELECT, INSERT, UPDATE, DELETE ON public.alembic_version TO \(role);"])
        }
    }

    @Test func foreignKeyToATableOfAnotherRole() async throws {
        try await Self.with(revision: "op.execute(\"CREATE TABLE parts (note integer REFERENCES notes)\")") {
            fixture, role, _ in
            try await fixture.database.execute("GRANT CREATE ON SCHEMA public TO \(role)")
            try await Self.repair(
                fixture, lacks: "REFERENCES on public.notes: needed by \(Self.added)",
                statements: ["GRANT REFERENCES ON public.notes TO \(role);"])
        }
    }

    @Test func memberThatInherits() async throws {
        try await Self.with { fixture, role, owner in
            try await fixture.database.execute("GRANT \(owner) TO \(role)")
            try await Self.migrates(fixture)
        }
    }

    @Test func memberThatDoesNotInherit() async throws {
        try await Self.with(options: "NOINHERIT") { fixture, role, owner in
            try await fixture.database.execute("GRANT \(owner) TO \(role)")
            let isOld = try await fixture.database.value("SHOW server_version_num").flatMap { Int($0) } ?? 0 < 160_000
            try await Self.repair(
                fixture, lacks: "public.notes, which belongs to \(owner)",
                statements: isOld
                    ? ["GRANT \(owner) TO \(role);", "ALTER ROLE \(role) INHERIT;"]
                    : ["GRANT \(owner) TO \(role) WITH INHERIT TRUE;"])
        }
    }

    @Test func environmentSwitchesToTheOwner() async throws {
        let environment = SmallProject.environment(
            connected: "connection.execute(text(\"SET ROLE OWNER\")); connection.commit()")
        try await Self.with(environment: environment, options: "NOINHERIT", isEmbedded: true) { fixture, role, owner in
            for statement in [
                "GRANT \(owner) TO \(role)", "ALTER TABLE alembic_version OWNER TO \(owner)",
                "ALTER TABLE steps OWNER TO \(owner)",
            ] { try await fixture.database.execute(statement) }
            try await Self.migrates(fixture)
        }
    }

    @Test func revisionSwitchesToTheOwner() async throws {
        let revision = "op.execute(\"SET LOCAL ROLE OWNER\")\n\(Self.addsColumn)\nop.execute(\"RESET ROLE\")"
        try await Self.with(options: "NOINHERIT", isEmbedded: true, revision: revision) { fixture, role, owner in
            try await fixture.database.execute("GRANT \(owner) TO \(role)")
            try await Self.migrates(fixture)
        }
    }

    @Test func superuser() async throws {
        try await Self.with(options: "SUPERUSER") { fixture, _, _ in try await Self.migrates(fixture) }
    }

    @Test func tablesOfThePendingRevisionsThemselves() async throws {
        try await Self.with(migrates: false) { fixture, role, _ in
            try await fixture.database.execute("GRANT CREATE ON SCHEMA public TO \(role)")
            try fixture.project.revision(Self.added, down: SmallProject.base, Self.addsColumn)
            try await Self.migrates(fixture)
        }
    }

    /// A nearer target needs less than all pending revisions.
    @Test func onlyTheRevisionsOfThePlanCount() async throws {
        try await Self.with(revision: "pass") { fixture, _, _ in
            try fixture.project.revision("c00000000002", down: Self.added, Self.addsColumn)
            let all = try await fixture.agent.diagnoseAfterReplay()
            #expect(Self.finding(all.findings)?.evidence.contains { $0.hasSuffix("needed by c00000000002") } == true)
            #expect(try await Self.finding(fixture.agent.call(Plan.self, .init(to: [Self.added])).findings) == nil)
            #expect(try await fixture.agent.call(Migrate.self, .init(to: [Self.added])).applied == [Self.added])
            #expect(try await fixture.agent.refusal(Migrate.self, .init()).code == .permissionDenied)
        }
    }
}
