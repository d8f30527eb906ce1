import Diagnosis
import Support
import Testing
import Wire

/// Probes: one query counts the rows that another query should return.
@Suite struct ProbeTests {
    private static func probe(_ name: String, count: String, rows: String) -> [String] {
        ["[[databases.main.probes]]", "name = '\(name)'", "count = '''\(count)'''", "rows = '''\(rows)'''"]
    }

    @Test func eachProbeReportsItsRows() async throws {
        let count = "SELECT count(*) FROM notes"
        try await ProjectFixture.with(arrange: { settings, _ in
            settings.tables =
                Self.probe("sound", count: count, rows: "SELECT id, text FROM notes LIMIT 1;\n")
                + Self.probe("silent", count: count, rows: "SELECT id FROM notes WHERE text = 'nobody'")
                + Self.probe("broken", count: count, rows: "SELECT bio_text FROM notes")
                + Self.probe("endless", count: "SELECT count(*) FROM pg_sleep(60)", rows: "SELECT 1")
                + Self.probe("greedy", count: "SELECT 2000", rows: "SELECT generate_series(1, 100000000)")
                + Self.probe("no number", count: "SELECT 'many'", rows: "SELECT 1")
                + Self.probe("writer", count: "SELECT 1", rows: "DELETE FROM notes RETURNING id")
                + Self.probe("two", count: "SELECT 1; DROP TABLE notes", rows: "SELECT 1")
        }) { fixture in
            try await fixture.agent.call(Migrate.self, .init())
            try await fixture.database.execute("INSERT INTO notes VALUES (1, 'a'), (2, 'b')")
            let diagnosis = try await fixture.agent.call(Diagnose.self, .init(maxAgeMs: 0))
            #expect(
                diagnosis.probes == [
                    .init(name: "sound", total: 2, returned: 1, ok: true),
                    .init(name: "silent", total: 2, returned: 0, ok: false),
                    .init(name: "broken", total: 2, returned: nil, ok: false),
                    .init(name: "endless", total: nil, returned: 1, ok: false),
                    .init(name: "greedy", total: 2000, returned: 1000, ok: true),
                    .init(name: "no number", total: nil, returned: 1, ok: false),
                    .init(name: "writer", total: 1, returned: nil, ok: false),
                    .init(name: "two", total: nil, returned: 1, ok: false),
                ])
            let silent = diagnosis.findings.filter { $0.code == "probe.silentFailure" }
            #expect(silent.count == 1 && silent.first?.message.contains("silent") == true)
            let failed = diagnosis.findings.filter { $0.code == "probe.failed" }
            #expect(failed.count == 5 && failed.first?.evidence.first?.hasPrefix("rows: [42703] ") == true)
            #expect(failed.contains { $0.evidence.first?.hasPrefix("count: [57014] ") == true })
            #expect(!diagnosis.healthy && diagnosis.verdict == .drifted)
            #expect(try await fixture.database.value("SELECT count(*) FROM notes") == "2")
            #expect(
                try await fixture.database.value(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'schemad probe' AND state <> 'idle'"
                )
                    == "0")
        }
    }

    @Test func unreachableStandbyIsNotReportedAsZero() async throws {
        try await ProjectFixture.with(arrange: { settings, _ in
            settings.database = ["read_url = \"postgresql://127.0.0.1:1/nowhere\""]
            settings.tables = Self.probe("far", count: "SELECT 1", rows: "SELECT 1")
        }) { fixture in
            try await fixture.agent.call(Migrate.self, .init())
            let diagnosis = try await fixture.agent.call(Diagnose.self, .init(maxAgeMs: 0))
            #expect(diagnosis.probes == [.init(name: "far", total: nil, returned: nil, ok: false)])
            #expect(diagnosis.findings.map(\.code).contains("probe.notRun"))
        }
    }
}
