import Diagnosis
import FoundationEssentials
import Schema
import Support
import Testing
import Wire

/// Another session holds an exclusive lock on a table: everything else is diagnosed, and the lock is reported.
@Suite struct LockedTableTests {
    @Test func tableIsLockedBeforeTheFirstRead() async throws {
        let shadow = try await ShadowFixture.settings()
        try await ProspectsExample.withDatabase("healthy") { database in
            try await TestSlots.with {
                try await AgentFixture.with(starts: false) { _ in
                    AgentFixture.Settings(url: database.url, project: ProspectsExample.project, shadow: shadow)
                } body: { agent in
                    try await database.execute("ALTER TABLE prospects DROP COLUMN bio_text")
                    try await database.execute("ALTER TABLE prospects ALTER COLUMN lead_score SET DEFAULT 7")
                    try await HeldTransaction.with(database.url, "LOCK TABLE prospects") {
                        try await agent.start()
                        let locked = try await agent.diagnoseAfterReplay()
                        // The catalog shows that the column is missing; the text of the default can be read only after the lock.
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
                    try await database.waitForIdleSessions()
                }
            }
        }
    }

    @Test func tableIsLockedAfterTheFirstRead() async throws {
        try await ShadowFixture.withProspects { agent, database in
            try await database.execute("ALTER TABLE websites ADD COLUMN by_hand text")
            try await HeldTransaction.with(database.url, "LOCK TABLE websites") {
                // A change from before the lock is reported although no diagnosis had read it yet.
                let locked = try await agent.diagnose()
                #expect(locked.schema.differences?.map(\.summary) == ["extraColumn websites.by_hand handMade"])
                #expect(locked.findings.contains { $0.code == "server.locked" })
            }
            try await database.waitForIdleSessions()
        }
    }

    @Test func versionTableIsLocked() async throws {
        try await ProspectsExample.withDatabase("healthy") { database in
            try await TestSlots.with {
                try await AgentFixture.with(starts: false) { _ in
                    AgentFixture.Settings(url: database.url, project: ProspectsExample.project)
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
                        #expect(warm.verdict == .inSync && warm.versionTable.rows == [ProspectsExample.head])
                        let finding = warm.findings.first { $0.code == "server.locked" }
                        #expect(finding?.severity == .warning && finding?.message.contains("last diagnosis") == true)
                        // The cached rows carry their time. The agent's monitor may have read them after us, but before the lock.
                        #expect(free.observedAt <= warm.observedAt && warm.observedAt <= locked, "\(locked)")
                        #expect(warm.ageMs > 0)
                    }
                    try await database.waitForIdleSessions()
                }
            }
        }
    }

    @Test func longIdleTransaction() async throws {
        try await ProspectsExample.withAgent("healthy", settings: { $0.database = ["long_transaction = \"1s\""] }) {
            agent, database in
            let open = "SELECT count(*) FROM prospects, outreach_events"
            try await HeldTransaction.with(database.url, open, application: "report\u{1B}[2J") {
                var finding: Finding?
                try await eventually("the transaction is reported") {
                    finding = try await agent.diagnose().findings.first { $0.code == "server.longTransaction" }
                    return finding != nil
                }
                let reported = try #require(finding)
                #expect(reported.severity == .warning && reported.message.contains("(report"))
                #expect(reported.evidence.contains { $0.contains("outreach_events") && $0.contains("prospects") })
                #expect(!"\(reported)".contains("count(*)") && !"\(reported)".contains("\u{1B}"))
                #expect(try await agent.diagnose().healthy)
                // The statement of the remedy ends the transaction.
                let statement = try #require(reported.remedy.split(separator: "\n").first { $0.hasPrefix("SELECT ") })
                try await database.execute(String(statement))
                try await eventually("the transaction is no longer reported") {
                    try await agent.diagnose().findings.allSatisfy { $0.code != "server.longTransaction" }
                }
            }
        }
    }
}
