import Support
import Testing
import Wire

/// What can be decided only when the migrations have been replayed waits for it.
@Suite struct ReplayWaitTests {
    /// A database with a table of somebody else, and no version rows: whether it is this project's, only the replay shows.
    private static func withForeignTable(_ body: (ProjectFixture) async throws -> Void) async throws {
        let shadow = try await ShadowFixture.settings()
        try await ProjectFixture.with(starts: false) { settings, project in
            settings.shadow = shadow
            try project.revisions(1)
        } _: { fixture in
            try await fixture.database.execute("CREATE TABLE of_somebody_else (id integer)")
            try await fixture.agent.start()
            try await body(fixture)
        }
    }

    @Test func migrateAndPlan() async throws {
        try await Self.withForeignTable { fixture in
            let plan = try await fixture.agent.call(Plan.self, .init())
            #expect(plan.revisions.map(\.id) == [SmallProject.base, "b00000000001"])
        }
        try await Self.withForeignTable { fixture in
            var messages: [String] = []
            let result = try await fixture.agent.call(Migrate.self, .init(), stream: true) { event in
                messages += [event.data?["message"]?.stringValue].compactMap(\.self)
            }
            #expect(result.applied == [SmallProject.base, "b00000000001"])
            #expect(messages.contains { $0.contains("waiting until the migrations have been replayed") }, "\(messages)")
        }
    }

    /// Without enough time it is refused as something that may succeed later.
    @Test func aDeadlineBeforeTheReplay() async throws {
        try await Self.withForeignTable { fixture in
            let error = try await fixture.agent.refusal(Plan.self, .init(), deadline: 50)
            #expect(error.code == .deadlineExceeded && error.retryable, "\(error)")
            #expect(try await fixture.database.value("SELECT to_regclass('alembic_version')") == nil)
        }
    }

    /// `base` removes all rows, says what contradicts that, and can be undone.
    @Test func repairToBase() async throws {
        let shadow = try await ShadowFixture.settings()
        try await ProjectFixture.with(starts: false) { settings, project in
            settings.shadow = shadow
            try project.revisions(1)
        } _: { fixture in
            let agent = fixture.agent
            let head = "b00000000001"
            for statement in [
                "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
                "INSERT INTO alembic_version VALUES ('\(head)')", "CREATE TABLE steps (revision text)",
            ] { try await fixture.database.execute(statement) }
            try await agent.start()
            let plan = try await agent.call(FixVersion.self, .init(to: ["base"]))
            #expect(plan.state == .planned && plan.after == [] && plan.changes.map(\.row) == [head])
            let exists = "steps exists, and \(SmallProject.base) would create it again"
            #expect(plan.candidates.map(\.contradicting) == [[exists]])
            // The models' table is missing.
            let other = try await agent.call(FixVersion.self, .init(to: [SmallProject.base]))
            #expect(
                other.candidates.first?.contradicting
                    == ["notes does not exist, and \(SmallProject.base) creates it"])
            #expect(other.candidates.first?.matching == 1)

            let shown = try await agent.adminctl("fixVersion", "--to", "base", "--apply")
            #expect(shown.status == 0 && shown.standardOutput.contains(exists), "\(shown.standardOutput)")
            #expect(try await fixture.database.versions() == [])
            #expect(try await agent.call(FixVersion.self, .init(to: ["base"])).state == .nothingToDo)
            let repair = try #require(
                try await agent.call(Jobs.self, .init()).jobs.first?.result?["repair"]?.stringValue)
            #expect(try await agent.call(FixVersion.self, .init(undo: repair)).after == [head])
            #expect(try await fixture.database.versions() == [head])
            #expect(try await agent.call(FixVersion.self, .init(to: ["base", head])).state == .refused)
        }
    }
}
