import Postgres
import Support
import Testing
import Wire

/// Jobs that are ended early.
@Suite struct CancelTests {
    private static let alter = "op.execute('ALTER TABLE notes ADD COLUMN n text')"

    /// Starts a migration that waits for a lock, and runs the body with the job's id.
    private static func whileWaiting(
        _ body: @Sendable (ProjectFixture, _ job: String) async throws -> Void
    ) async throws {
        try await ProjectFixture.with { settings, project in
            settings.database = ["lock_timeout = \"600s\""]
            try project.revisions(2) { $0 == 2 ? Self.alter : "pass" }
        } _: { fixture in
            let (agent, database) = (fixture.agent, fixture.database)
            try await agent.call(Migrate.self, .init(to: [SmallProject.base]))
            try await HeldTransaction.with(database.url, "SELECT FROM notes", application: "report") {
                let started = try await agent.call(Migrate.self, .init(wait: false))
                try await agent.call(Watch.self, .init(job: started.job), stream: true) { event in
                    // The blocker is announced while the statement waits for it.
                    guard event.progress?.phase == .lockWait else { return }
                    #expect(event.progress?.blockers?.first?.application == "report")
                    try await body(fixture, started.job)
                }
            }
            try await database.waitForIdleSessions()
            // The revision before was committed by itself.
            #expect(try await database.versions() == ["b00000000001"])
            #expect(try await agent.call(Migrate.self, .init()).applied == ["b00000000002"])
        }
    }

    /// The statement waits for a lock that is not granted until the job has ended.
    @Test func aWaitingStatementIsCancelledNow() async throws {
        try await Self.whileWaiting { fixture, job in
            let entry = try await fixture.agent.call(Cancel.self, .init(job: job, now: true))
            #expect(entry.state == .cancelled && entry.error?.code == .cancelled, "\(entry)")
            #expect(entry.error?.message.contains("1 of 2 revisions are recorded") == true, "\(entry)")
            let again = try await fixture.agent.refusal(Cancel.self, .init(job: job))
            #expect(again.code == .precondition && again.message == "job \(job) has ended already: cancelled")
        }
    }

    @Test func withoutNowTheStatementGoesOn() async throws {
        try await Self.whileWaiting { fixture, job in
            let late = try await fixture.agent.refusal(Cancel.self, .init(job: job), deadline: 500)
            #expect(late.code == .deadlineExceeded && late.message.contains("'now'"))
            let queued = try await fixture.agent.call(Migrate.self, .init(wait: false))
            let entry = try await fixture.agent.call(Cancel.self, .init(job: queued.job))
            #expect(entry.state == .cancelled && entry.error?.message.contains("before it began") == true)
            try await fixture.agent.call(Cancel.self, .init(job: job, now: true))
        }
    }

    @Test func jobsThatCannotBeCancelled() async throws {
        try await ProjectFixture.with { _, project in
            try project.revisions(1)
        } _: { fixture in
            let unknown = try await fixture.agent.refusal(Cancel.self, .init(job: "j404"))
            #expect(unknown.code == .badParams && unknown.message == "there is no job 'j404'; 'jobs' lists them")
            let job = try await fixture.agent.call(Migrate.self, .init()).job
            let ended = try await fixture.agent.refusal(Cancel.self, .init(job: job))
            #expect(ended.code == .precondition && ended.message.hasSuffix("has ended already: succeeded"))
            let reader = try await fixture.agent.adminctl("cancel", job, key: "reader")
            #expect(reader.status == 77)
        }
    }
}
