import FoundationEssentials
import Glibc
import Postgres
import Support
import Testing

@Suite struct EmbeddedClusterTests {
    @Test func newDatabaseAcceptsQueries() async throws {
        try await TestCluster.withDatabase { url in
            let rows = try await TestCluster.execute(url, "SELECT current_setting('cluster_name'), current_user")
            #expect(rows.values == [["tests", "postgres"]])
        }
    }

    @Test func clusterStopsRestartsAndIsRemoved() async throws {
        let cluster = EmbeddedCluster(.init(template: try await TestCluster.shared().templateFolder))
        try await cluster.start()
        let (folder, url) = (await cluster.folder, await cluster.url())
        let process = try #require(await cluster.serverProcess)
        try await TestCluster.execute(url, "CREATE TABLE kept (id int)")
        try await cluster.stop()
        #expect(Glibc.kill(process, 0) != 0)
        await #expect(throws: PostgresError.self) { try await TestCluster.execute(url, "SELECT 1") }
        try await cluster.start()
        try await TestCluster.execute(url, "SELECT FROM kept")
        await cluster.remove()
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test func droppingTheLastReferenceStopsTheServer() async throws {
        let template = try await TestCluster.shared().templateFolder
        func run() async throws -> (String, pid_t) {
            let cluster = EmbeddedCluster(.init(template: template))
            try await cluster.start()
            return (await cluster.folder, try #require(await cluster.serverProcess))
        }
        let (folder, process) = try await run()
        try await eventually("server and folder are removed") {
            Glibc.kill(process, 0) != 0 && !FileManager.default.fileExists(atPath: folder)
        }
    }

    /// As after a power failure, or after the shell was killed.
    @Test func nextClusterRemovesTheRemainsOfACrash() async throws {
        let template = try await TestCluster.shared().templateFolder
        let cluster = EmbeddedCluster(.init(template: template))
        try await cluster.start()
        let (folder, server) = (await cluster.folder, try #require(await cluster.serverProcess))
        let status = try String(contentsOfFile: "/proc/\(server)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("PPid:") }
        let shell = try #require(line.flatMap { pid_t($0.dropFirst(5).trimmingPrefix(while: \.isWhitespace)) })
        #expect(Glibc.kill(shell, SIGKILL) == 0)
        try await TestCluster.own { next in
            try await eventually("server and folder are removed") {
                Glibc.kill(server, 0) != 0 && !FileManager.default.fileExists(atPath: folder)
            }
            // Clusters in use stay.
            try await TestCluster.execute(await next.url(), "SELECT 1")
        }
        try await TestCluster.administer("SELECT 1")
    }

    @Test func startFailureContainsTheServerLog() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await TestCluster.own(.init(parameters: ["shared_buffers": "a lot"])) { _ in }
        }
        #expect(error?.message.contains("shared_buffers") == true)
        #expect(error?.kind == .configuration)
    }
}
