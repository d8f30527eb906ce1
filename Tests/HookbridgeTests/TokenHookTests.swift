import Synchronization
import Testing
import Wire

@testable import WebhookBridge

struct TokenHookTests {
    let test: BridgeUnderTest

    init() throws {
        test = try BridgeUnderTest()
    }

    @Test func aDeliveryBecomesAJob() async {
        let answer = await test.post()
        #expect(answer.status == 202 && answer.headers["Location"] == "/v1/jobs/job0")
        #expect(answer.body == ["job": "job0", "state": "queued", "location": "/v1/jobs/job0"])
        #expect(test.agent.requests.map(\.database) == ["main"])
        #expect(test.agent.requests.map(\.reason) == ["hook /api/health/migrate"])
        #expect(test.agent.requests.map(\.deadline) == [.seconds(900)])
    }

    @Test(arguments: [
        nil, "", "wrong", String(migrationToken.dropLast()), migrationToken + "x", migrationToken + " ",
        "\(migrationToken), \(migrationToken)", migrationToken.uppercased(), hookSecret,
    ])
    func aWrongTokenIsRefusedBeforeTheBodyIsRead(token: String?) async {
        var headers: [String: String] = [:]
        headers["X-Migration-Token"] = token
        let answer = await test.send("POST", "/api/health/migrate", headers, "{}", failure: .bodyTooLarge)
        #expect(answer.status == 401)
        #expect(answer.body["error"]?["code"] == "unauthenticated")
        #expect(test.agent.requests.isEmpty)
    }

    @Test func bothSecretsAreValidDuringRotation() async {
        #expect(await test.post("{}", ["X-Migration-Token": nextToken]).status == 202)
        #expect(await test.post("{}").headers["Location"] == "/v1/jobs/job0")
    }

    @Test func anEqualBodyIsARepetition() async {
        let first = await test.post("{\"a\":1}")
        #expect(await test.post("{\"a\":1}") == first)
        #expect(await test.post("{\"a\":2}").headers["Location"] == "/v1/jobs/job2")
    }

    @Test(arguments: ["Idempotency-Key", "X-Request-Id"])
    func aDeliveryWithAnIdIsRecognizedByIt(header: String) async {
        let first = await test.post("{\"a\":1}", [header: "deploy 42 – ünïcode"])
        #expect(await test.post("{\"a\":2}", [header: "deploy 42 – ünïcode"]) == first)
        #expect(await test.post("{\"a\":1}", [header: "deploy 43"]) != first)
        // For any id, the key is within the protocol's grammar.
        for request in test.agent.requests {
            #expect(request.key.utf8.count <= 128)
            #expect(
                request.key.utf8.allSatisfy { $0 == 0x3A || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) })
        }
    }

    @Test func theIdempotencyKeyWinsOverTheRequestId() async {
        let first = await test.post("{}", ["Idempotency-Key": "a", "X-Request-Id": "1"])
        #expect(await test.post("{}", ["Idempotency-Key": "a", "X-Request-Id": "2"]) == first)
    }

    @Test func aJobThatHasSucceededIsReported() async {
        test.agent.memory.withLock { $0.hasNothingToDo = true }
        let answer = await test.post()
        #expect(answer.status == 202 && answer.headers["Location"] == "/v1/jobs/job0")
        #expect(answer.body == ["job": "job0", "state": "succeeded", "location": "/v1/jobs/job0"])
    }

    @Test(arguments: ErrorCode.allCases)
    func refusalsOfTheAgentKeepTheirCode(code: ErrorCode) async {
        test.agent.memory.withLock { $0.refusal = WireError(code, "because", details: ["secret": "no"]) }
        let answer = await test.post()
        #expect(answer.status == code.httpStatus)
        #expect(answer.body == ["error": ["code": .string(code.rawValue), "message": "because"]])
    }

    @Test(arguments: [
        (WebhookBridgeError.bodyTooLarge, 413, "tooLarge"), (.bodyTooSlow, 408, "requestTimeout"),
        (.bodyUnreadable, 400, "badRequest"),
    ])
    func anUnreadableBodyIsReported(failure: WebhookBridgeError, status: Int, code: String) async {
        let headers = ["X-Migration-Token": migrationToken]
        let answer = await test.send("POST", "/api/health/migrate", headers, failure: failure)
        #expect(answer.status == status && answer.body["error"]?["code"] == .string(code))
    }

    @Test func aRepetitionExpires() {
        let recent = RecentKeys(capacity: 2)
        let start = ContinuousClock.now
        func key(_ name: String, _ seconds: Int, _ fresh: String) -> String {
            recent.key(for: name, within: .seconds(60), at: start + .seconds(seconds), fresh: fresh)
        }
        #expect(key("a", 0, "1") == "1")
        // Counted from the first, so that frequent repetitions do not block the next deployment.
        #expect(key("a", 40, "2") == "1")
        #expect(key("a", 59, "3") == "1")
        #expect(key("a", 60, "4") == "4")
        #expect(key("a", 100, "5") == "4")
        // Full: the oldest is dropped.
        #expect(key("b", 100, "6") == "6")
        #expect(key("c", 100, "7") == "7")
        #expect(key("b", 100, "8") == "6")
        #expect(key("a", 100, "9") == "9")
    }
}
