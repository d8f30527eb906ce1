import Diagnosis
import FoundationEssentials
import Schema
import Support
import Testing
import Wire

/// Somebody keeps everybody out of a table: what can be known without it is known, and the lock is said.
@Suite struct LockedTableTests {
    @Test func aTableThatIsLockedBeforeItWasEverRead() async throws {
        let shadow = try await Shadowed.shadow()
        try await Prospects.withDatabase("healthy") { database in
            try await Turn.with {
                try await AgentFixture.with(starts: false) { _ in
                    AgentFixture.Settings(url: database.url, project: Prospects.project, shadow: shadow)
                } body: { agent in
                    try await database.execute("ALTER TABLE prospects DROP COLUMN bio_text")
                    try await database.execute("ALTER TABLE prospects ALTER COLUMN lead_score SET DEFAULT 7")
                    try await HeldTransaction.with(database.url, "LOCK TABLE prospects") {
                        try await agent.start()
                        let locked = try await agent.whole()
                        // The column is missing for all to see; the default is a text that only the lock's end shows.
                        #expect(
                            locked.schema.differences?.map(\.summary) == [
                                "missingColumn prospects.bio_text drift breaking"
                            ])
                        #expect(locked.findings.contains { $0.code == "server.locked" && $0.severity == .warning })
                        #expect(!locked.schema.notComparable.isEmpty)
                        #expect(try await agent.call(Verify.self, .init()).verdict == .drifted)
                        let shown = try await agent.adminctl("diagnose", "--fresh")
                        #expect(shown.status == 1 && shown.standardOutput.contains("warning  server.locked"))
                    }
                    let free = try await agent.diagnose()
                    #expect(
                        free.schema.differences?.map(\.summary) == [
                            "missingColumn prospects.bio_text drift breaking", "default prospects.lead_score drift",
                        ])
                    #expect(!free.findings.contains { $0.code == "server.locked" })
                    try await database.eventuallyQuiet()
                }
            }
        }
    }

    @Test func aTableThatIsLockedAfterItWasRead() async throws {
        try await Shadowed.withProspects { agent, database in
            try await database.execute("ALTER TABLE websites ADD COLUMN by_hand text")
            try await HeldTransaction.with(database.url, "LOCK TABLE websites") {
                // What was changed before the lock is told, although nobody had seen it yet.
                let locked = try await agent.diagnose()
                #expect(locked.schema.differences?.map(\.summary) == ["extraColumn websites.by_hand handMade"])
                #expect(locked.findings.contains { $0.code == "server.locked" })
            }
            try await database.eventuallyQuiet()
        }
    }

    @Test func aVersionTableThatIsLocked() async throws {
        try await Prospects.withDatabase("healthy") { database in
            try await Turn.with {
                try await AgentFixture.with(starts: false) { _ in
                    AgentFixture.Settings(url: database.url, project: Prospects.project)
                } body: { agent in
                    try await HeldTransaction.with(database.url, "LOCK TABLE alembic_version") {
                        try await agent.start()
                        let cold = try await agent.diagnose()
                        #expect(cold.verdict == .unreachable && !cold.healthy && cold.versionTable.rows == nil)
                        #expect(cold.findings.map(\.code) == ["server.locked"])
                        #expect(try await agent.call(Verify.self, .init()).verdict == .unreachable)
                        #expect(try await agent.refusal(Migrate.self, .init()).code == .conflict)
                    }
                    let free = try await agent.diagnose()
                    #expect(free.verdict == .inSync && !free.findings.contains { $0.code == "server.locked" })
                    try await HeldTransaction.with(database.url, "LOCK TABLE alembic_version") {
                        let locked = Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
                        let warm = try await agent.diagnose()
                        #expect(warm.verdict == .inSync && warm.versionTable.rows == [Prospects.head])
                        let finding = warm.findings.first { $0.code == "server.locked" }
                        #expect(finding?.severity == .warning && finding?.message.contains("last answer") == true)
                        // Its age is told; the agent may have looked by itself after we did, and before the lock.
                        #expect(free.observedAt <= warm.observedAt && warm.observedAt <= locked, "\(locked)")
                        #expect(warm.ageMs > 0)
                    }
                    try await database.eventuallyQuiet()
                }
            }
        }
    }

    @Test func aTransactionThatSomebodyForgot() async throws {
        try await Prospects.withAgent("healthy", settings: { $0.database = ["long_transaction = \"1s\""] }) {
            agent, database in
            let open = "SELECT count(*) FROM prospects, outreach_events"
            try await HeldTransaction.with(database.url, open, application: "report\u{1B}[2J") {
                var finding: Finding?
                try await eventually("the transaction is told") {
                    finding = try await agent.diagnose().findings.first { $0.code == "server.longTransaction" }
                    return finding != nil
                }
                let told = try #require(finding)
                #expect(told.severity == .warning && told.message.contains("(report"))
                #expect(told.evidence.contains { $0.contains("outreach_events") && $0.contains("prospects") })
                #expect(!"\(told)".contains("count(*)") && !"\(told)".contains("\u{1B}"))
                #expect(try await agent.diagnose().healthy)
                // The remedy ends it.
                let statement = try #require(told.remedy.split(separator: "\n").first { $0.hasPrefix("SELECT ") })
                try await database.execute(String(statement))
                try await eventually("nothing is told any more") {
                    try await agent.diagnose().findings.allSatisfy { $0.code != "server.longTransaction" }
                }
            }
        }
    }
}
