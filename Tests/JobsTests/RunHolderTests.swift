import Postgres
import Testing
import Wire

@testable import Jobs

/// Who holds a lock, as the name of its session says it.
@Suite struct RunHolderTests {
    private static let job = "01jdz3k5v7m9q2r4t6w8x0y1z3"

    private static func holder(_ application: String?, since: String? = "2026-01-01T00:00:00.000Z") -> RunHolder {
        RunHolder(
            Locks.Holder(pid: 7, applicationName: application, backendStart: since))
    }

    /// The server shortens names to 63 bytes: the host gives way.
    @Test(arguments: [
        ("web-1", 4711 as Int32, "web-1"), ("", 1, "-"), ("ö b\n", 1, "--b-"),
        ("a-very-long-name.of-a-host.example.org", 4_194_304, "a-very-long-name"),
    ])
    func theNameOfTheSession(host: String, process: Int32, shown: String) {
        let name = RunHolder.applicationName(job: Self.job, host: host, process: process)
        #expect(name == "schemad run \(Self.job) \(shown) \(process)")
        #expect(name.utf8.count <= 63)
        let holder = Self.holder(name)
        #expect(holder.job == Self.job && holder.host == shown && holder.process == process)
    }

    @Test func aRunOfAnAgent() {
        let holder = Self.holder("schemad run \(Self.job) web-1 4711")
        #expect(
            holder.text
                == "job \(Self.job) of the agent on web-1 (process 4711), backend 7 since 2026-01-01T00:00:00.000Z")
        let details = JSON.Object(holder.details)
        #expect(details["pid"] == 7 && details["job"] == .string(Self.job))
        let agent = details["holder"]
        #expect(agent?["host"] == "web-1" && agent?["pid"] == 4711 && agent?["job"] == .string(Self.job))
        #expect(agent?["since"] == "2026-01-01T00:00:00.000Z")
    }

    /// Writing sessions of a run have the job as well; other programs have no job.
    @Test func otherSessions() {
        let writer = Self.holder("schemad migrate \(Self.job)")
        #expect(writer.job == Self.job && writer.host == nil)
        #expect(writer.text == "backend 7 (schemad migrate \(Self.job)) since 2026-01-01T00:00:00.000Z")
        for name in ["left-over run", "schemad", "schemad run x y z", "", nil] {
            let holder = Self.holder(name, since: nil)
            #expect(holder.process == nil && holder.text.hasPrefix("backend 7"), "\(holder)")
            #expect(JSON.Object(holder.details)["holder"] == nil)
        }
        #expect(Self.holder("psql", since: nil).job == nil)
    }
}
