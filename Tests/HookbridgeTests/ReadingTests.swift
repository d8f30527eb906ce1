import Synchronization
import Testing
import Wire

@testable import WebhookBridge

/// Reads: jobs and readiness.
struct ReadingTests {
    let test: BridgeUnderTest

    init() throws {
        test = try BridgeUnderTest()
    }

    @Test(arguments: [migrationToken, nextToken, hookSecret])
    func aJobIsShownToASecretOfItsDatabase(secret: String) async throws {
        _ = await test.post()
        for scheme in ["Bearer", "bearer"] {
            let answer = await test.send("GET", "/v1/jobs/job0", ["Authorization": "\(scheme) \(secret)"])
            #expect(answer.status == 200)
            let entry = try #require(test.agent.memory.withLock { $0.jobs["job0"] })
            #expect(answer.body == (try JSON(encoding: entry)))
        }
    }

    @Test(arguments: [
        nil, "", "Bearer", "Bearer ", "Bearer wrong", "Basic \(migrationToken)", migrationToken,
        "Bearer \(migrationToken)x", "Bearer  \(migrationToken)",
    ])
    func aJobIsShownToNobodyElse(authorization: String?) async {
        _ = await test.post()
        var headers: [String: String] = [:]
        headers["Authorization"] = authorization
        let answer = await test.send("GET", "/v1/jobs/job0", headers)
        #expect(answer.status == 401 && answer.headers["WWW-Authenticate"] == "Bearer")
    }

    @Test func aJobOfAnotherDatabaseIsNotThere() async {
        _ = await test.post()
        let headers = ["Authorization": "Bearer another-secret-0123456789"]
        let hidden = await test.send("GET", "/v1/jobs/job0", headers)
        #expect(hidden.status == 404)
        #expect(await test.send("GET", "/v1/jobs/job9", headers) == hidden)
    }

    @Test(arguments: ["/v1/jobs/", "/v1/jobs/a/b", "/v1/other", "/", "", "/hooks", "/hooks/github/", "/LIVEZ"])
    func unknownPathsAreNotFound(path: String) async {
        let answer = await test.send("GET", path, ["Authorization": "Bearer \(hookSecret)"])
        #expect(answer.status == 404 && answer.body["error"]?["code"] == "notFound")
    }

    @Test(arguments: [
        ("GET", "/hooks/github", "POST"), ("PUT", "/api/health/migrate", "POST"), ("POST", "/livez", "GET, HEAD"),
        ("DELETE", "/v1/jobs/job0", "GET, HEAD"),
    ])
    func anotherMethodIsRefused(method: String, path: String, allowed: String) async {
        let answer = await test.send(method, path)
        #expect(answer.status == 405 && answer.headers["Allow"] == allowed)
    }

    @Test(arguments: [
        (Hello.State.ready, 200, "ready"), (.degraded, 503, "degraded"), (.draining, 503, "draining"),
        (nil, 503, "unreachable"),
    ])
    func readinessIsTheAgents(state: Hello.State?, status: Int, word: String) async {
        test.agent.memory.withLock { $0.state = state }
        let answer = await test.send("GET", "/readyz")
        #expect(answer.status == status && answer.body["agent"] == .string(word))
        #expect(answer.body["ready"] == .bool(status == 200))
        // Alive in any case: restarting the bridge would not restart the agent.
        #expect(await test.send("GET", "/livez").status == 200)
    }
}
