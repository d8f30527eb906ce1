import Support
import Testing
import Tokens
import Wire

/// Webhooks over HTTP, through the built hookbridge to a real agent and a real database.
@Suite struct HookbridgeTests {
    private static let secret = "a-secret-of-the-deploy-hook"
    private static let signing = "a-secret-of-the-forge-hook"

    /// Runs the body with a bridge in front of an agent.
    private static func with(
        _ agent: AgentFixture, _ body: (UInt16, BackgroundProgram) async throws -> Void
    ) async throws {
        try agent.folder.write("hook.secret", secret + "\n")
        let settings = try agent.folder.write(
            "hookbridge.toml",
            """
            listen = "127.0.0.1:0"
            socket = "\(agent.adminSocket)"
            key_file = "migrator.key"
            [[route]]
            path = "/api/health/migrate"
            scheme = "token"
            secret_file = "hook.secret"
            command = "migrate"
            database = "main"
            [[route]]
            path = "/hooks/github"
            scheme = "github"
            secrets = ["\(signing)"]
            command = "migrate"
            database = "main"
            branches = ["main"]
            """)
        try await BackgroundProgram.with(try Products.path("hookbridge"), ["serve", "--config", settings]) { program in
            var port: UInt16?
            try await eventually("the bridge listens") {
                guard program.status == nil else { throw SupportError(program.standardError) }
                port = HTTPClient.port(in: program.standardError, after: "127.0.0.1:")
                return port != nil && port != 0
            }
            try await body(try #require(port), program)
        }
    }

    private static func follow(_ location: String, _ port: UInt16) async throws -> JobEntry {
        var entry: JobEntry?
        try await eventually("the job has ended", deadline: .seconds(60)) {
            let response = try await HTTPClient.send(
                "GET", location, port: port, headers: ["Authorization": "Bearer \(secret)"])
            guard response.status == 200 else { throw SupportError("\(response)") }
            entry = try WireCoding.decode(JobEntry.self, from: try response.json())
            return entry?.state.isFinal ?? false
        }
        return try #require(entry)
    }

    @Test func deployHook() async throws {
        try await ProspectsExample.withAgent("columns-dropped") { agent, database in
            try await Self.with(agent) { port, program in
                let path = "/api/health/migrate"
                let headers = ["X-Migration-Token": Self.secret, "X-Request-Id": "release-42"]
                let accepted = try await HTTPClient.send("POST", path, port: port, headers: headers)
                #expect(accepted.status == 202)
                let location = try #require(accepted.headers["location"])
                let job = try #require(try accepted.json()["job"]?.stringValue)
                #expect(location == "/v1/jobs/\(job)")
                let entry = try await Self.follow(location, port)
                #expect(entry.state == .succeeded)
                #expect(entry.result?["applied"] == [.string(ProspectsExample.head)])
                #expect(try await database.versions() == [ProspectsExample.head])

                // A repeated delivery returns the same job; a new delivery has nothing to apply.
                let again = try await HTTPClient.send("POST", path, port: port, headers: headers)
                #expect(try again.json()["job"]?.stringValue == job)
                let next = try await HTTPClient.send(
                    "POST", path, port: port, headers: ["X-Migration-Token": Self.secret, "X-Request-Id": "release-43"])
                let second = try await Self.follow(try #require(next.headers["location"]), port)
                #expect(second.id != job && second.result?["applied"] == [])
                #expect(!program.standardError.contains(Self.secret))
            }
        }
    }

    @Test func pushHook() async throws {
        try await ProjectFixture.with { fixture in
            try await Self.with(fixture.agent) { port, _ in
                let body = Array("{\"ref\": \"refs/heads/main\", \"after\": \"8f3c\"}".utf8)
                func push(_ body: [UInt8], signed text: [UInt8], delivery: String) async throws -> HTTPClient.Response {
                    let key = try #require(HMACKey(Array(Self.signing.utf8)))
                    let digits = key.authenticationCode(for: text).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
                    return try await HTTPClient.send(
                        "POST", "/hooks/github", port: port,
                        headers: [
                            "X-Hub-Signature-256": "sha256=" + digits.joined(), "X-GitHub-Event": "push",
                            "X-GitHub-Delivery": delivery, "Content-Type": "application/json",
                        ], body: body)
                }
                let accepted = try await push(body, signed: body, delivery: "d-1")
                #expect(accepted.status == 202)
                let job = try #require(try accepted.json()["job"]?.stringValue)
                #expect(try await fixture.agent.finishedJob(job).state == .succeeded)
                #expect(try await push(body, signed: body, delivery: "d-1").json()["job"]?.stringValue == job)
                #expect(try await fixture.steps() == [SmallProject.base])

                // The signature covers the exact bytes of the body.
                #expect(try await push(body + [0x20], signed: body, delivery: "d-2").status == 401)
                let other = Array("{\"ref\": \"refs/heads/wip\"}".utf8)
                let ignored = try await push(other, signed: other, delivery: "d-3")
                #expect(ignored.status == 200)
                #expect(try ignored.json()["job"] == nil)
                #expect(try await fixture.agent.call(Jobs.self, .init()).jobs.count == 1)
            }
        }
    }

    @Test func unauthenticatedRequests() async throws {
        try await UnreachableDatabase.with { agent in
            try await Self.with(agent) { port, _ in
                for path in ["/api/health/migrate", "/hooks/github"] {
                    let signature = "sha256=" + String(repeating: "0", count: 64)
                    for headers in [
                        [:], ["X-Migration-Token": "wrong"], ["X-Migration-Token": ""],
                        ["X-Hub-Signature-256": signature],
                        ["X-Hub-Signature-256": "sha1=\(signature.dropFirst(7))"],
                        ["Authorization": "Bearer \(Self.secret)"],
                    ] {
                        let response = try await HTTPClient.send(
                            "POST", path, port: port, headers: headers, body: Array("{}".utf8))
                        #expect(response.status == 401, "\(path) \(headers)")
                        #expect(try response.json()["error"]?["code"] == "unauthenticated")
                    }
                    #expect(try await HTTPClient.send("GET", path, port: port).status == 405)
                }
                for authorization in ["", "Bearer wrong", "Basic \(Self.secret)"] {
                    let response = try await HTTPClient.send(
                        "GET", "/v1/jobs/x", port: port, headers: ["Authorization": authorization])
                    #expect(response.status == 401)
                }
                let bearer = ["Authorization": "Bearer \(Self.secret)"]
                #expect(try await HTTPClient.send("GET", "/v1/jobs/nothing", port: port, headers: bearer).status == 404)
                #expect(try await HTTPClient.send("GET", "/somewhere", port: port).status == 404)
                #expect(try await HTTPClient.send("POST", "/", port: port).status == 404)
                #expect(try await agent.call(Jobs.self, .init()).jobs.isEmpty)
            }
        }
    }

    @Test func agentStartsAndStops() async throws {
        try await UnreachableDatabase.with(starts: false) { agent in
            try await Self.with(agent) { port, program in
                let headers = ["X-Migration-Token": Self.secret]
                #expect(try await HTTPClient.send("GET", "/livez", port: port).status == 200)
                #expect(try await HTTPClient.send("GET", "/readyz", port: port).status == 503)
                let unavailable = try await HTTPClient.send("POST", "/api/health/migrate", port: port, headers: headers)
                #expect(unavailable.status == 503)
                #expect(!unavailable.body.contains(agent.folder.path))

                try await agent.start()
                #expect(try await HTTPClient.send("GET", "/readyz", port: port).status == 200)
                let accepted = try await HTTPClient.send("POST", "/api/health/migrate", port: port, headers: headers)
                #expect(accepted.status == 202)
                let entry = try await Self.follow(try #require(accepted.headers["location"]), port)
                #expect(entry.state == .failed)
                #expect(entry.error?.code == .databaseUnavailable)

                try await agent.kill()
                #expect(try await HTTPClient.send("GET", "/readyz", port: port).status == 503)
                #expect(program.status == nil)
            }
        }
    }
}
