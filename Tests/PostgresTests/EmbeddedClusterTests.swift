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

    @Test func clientsOverTCPNeedThePassword() async throws {
        try await TestCluster.own(.init(listensOnTCP: true)) { cluster in
            let (url, password) = (try #require(await cluster.urlOverTCP()), cluster.password)
            let (problem, clients, port) = (await cluster.tcpProblem, await cluster.clientURL(), await cluster.port)
            #expect(problem == nil && clients == url)
            let address = try DatabaseAddress(url)
            #expect(address.hosts == ["127.0.0.1"] && address.ports == ["\(port)"])
            #expect(address.user == "postgres" && address.password == password && password.utf8.count > 20)
            let rows = try await TestCluster.execute(
                url, "SELECT host(inet_server_addr()), rolpassword FROM pg_authid WHERE rolname = 'postgres'")
            #expect(rows.values.first?[0] == "127.0.0.1")
            #expect(rows.values.first?[1]?.hasPrefix("SCRAM-SHA-256$") == true)
            for other in ["", ":wrong", ":\(password)x"] {
                let guess = url.replacing(":\(password)@", with: "\(other)@")
                let error = await #expect(throws: PostgresError.self) {
                    try await TestCluster.execute(guess, "SELECT 1")
                }
                #expect(error?.kind == .authentication)
            }
            try await cluster.restart()
            try await TestCluster.execute(try #require(await cluster.urlOverTCP()), "SELECT 1")
            #expect(await !cluster.log(lines: 10_000).contains(password))
            let other = EmbeddedCluster(.init(listensOnTCP: true))
            #expect(other.password != password)
            #expect(await other.urlOverTCP() == nil, "it was not started")
        }
    }

    /// As behind a firewall: listening succeeds and connecting does not.
    @Test func withoutTCPTheSocketRemains() async throws {
        let settings = EmbeddedCluster.Settings(
            listensOnTCP: true, accessRules: ["host all all 127.0.0.1/32 reject"])
        try await TestCluster.own(settings) { cluster in
            #expect(await cluster.tcpProblem?.contains("127.0.0.1") == true)
            #expect(await cluster.urlOverTCP() == nil)
            let url = await cluster.clientURL()
            #expect(await cluster.url() == url)
            let rows = try await TestCluster.execute(
                url, "SELECT inet_server_addr(), current_setting('listen_addresses')")
            #expect(rows.values == [[nil, ""]])
        }
    }

    @Test func startFailureContainsTheServerLog() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await TestCluster.own(.init(parameters: ["shared_buffers": "a lot"])) { _ in }
        }
        #expect(error?.message.contains("shared_buffers") == true)
        #expect(error?.kind == .configuration)
    }
}
