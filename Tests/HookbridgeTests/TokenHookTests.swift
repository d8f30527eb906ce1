import Synchronization
import Testing
import Wire

@testable import hookbridge

struct TokenHookTests {
    let test: BridgeUnderTest

    init() throws {
        test = try BridgeUnderTest()
    }

    @Test func aDeliveryBecomesAJob() async {
        let answer = await test.post()
        #expect(answer.status == 202 && answer.headers["Location"] == "/v1/jobs/job0")
        #expect(answer.body == ["job": "job0", "state": "queued", "location": "/v1/jobs/job0"])
        #expect(test.agent.asked.map(\.database) == ["main"])
        #expect(test.agent.asked.map(\.reason) == ["hook /api/health/migrate"])
        #expect(test.agent.asked.map(\.deadline) == [.seconds(900)])
    }

    @Test(arguments: [
        nil, "", "wrong", String(migrationToken.dropLast()), migrationToken + "x", migrationToken + " ",
        "\(migrationToken), \(migrationToken)", migrationToken.uppercased(), hookSecret,
    ])
    func aWrongTokenIsRefusedBeforeTheBodyIsRead(token: String?) async {
        var headers: [String: String] = [:]
        headers["X-Migration-Token"] = token
        let answer = await test.send("POST", "/api/health/migrate", headers, "{}", failure: .tooLarge)
        #expect(answer.status == 401)
        #expect(answer.body["error"]?["code"] == "unauthenticated")
        #expect(test.agent.asked.isEmpty)
    }

    @Test func bothSecretsAreGoodWhileTheyAreRotated() async {
        #expect(await test.post("{}", ["X-Migration-Token": nextToken]).status == 202)
        #expect(await test.post("{}").headers["Location"] == "/v1/jobs/job0")
    }

    @Test func anEqualBodyIsARepetition() async {
        let first = await test.post("{\"a\":1}")
        #expect(await test.post("{\"a\":1}") == first)
        #expect(await test.post("{\"a\":2}").headers["Location"] == "/v1/jobs/job2")
    }

    @Test(arguments: ["Idempotency-Key", "X-Request-Id"])
    func aNamedDeliveryIsKnownByItsName(header: String) async {
        let first = await test.post("{\"a\":1}", [header: "deploy 42 – ünïcode"])
        #expect(await test.post("{\"a\":2}", [header: "deploy 42 – ünïcode"]) == first)
        #expect(await test.post("{\"a\":1}", [header: "deploy 43"]) != first)
        // Whatever the name, the agent gets a key of its grammar.
        for asked in test.agent.asked {
            #expect(asked.key.utf8.count <= 128)
            #expect(
                asked.key.utf8.allSatisfy { $0 == 0x3A || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) })
        }
    }

    @Test func theIdempotencyKeyWinsOverTheRequestId() async {
        let first = await test.post("{}", ["Idempotency-Key": "a", "X-Request-Id": "1"])
        #expect(await test.post("{}", ["Idempotency-Key": "a", "X-Request-Id": "2"]) == first)
    }

    @Test func nothingToDoMakesNoJob() async {
        test.agent.memory.withLock { $0.hasNothingToDo = true }
        let answer = await test.post()
        #expect(answer.status == 200 && answer.headers["Location"] == nil)
        #expect(answer.body == ["job": nil, "state": "succeeded"])
    }

    @Test(arguments: ErrorCode.allCases)
    func refusalsOfTheAgentKeepTheirCode(code: ErrorCode) async {
        test.agent.memory.withLock { $0.refusal = WireError(code, "because", details: ["secret": "no"]) }
        let answer = await test.post()
        #expect(answer.status == code.httpStatus)
        #expect(answer.body == ["error": ["code": .string(code.rawValue), "message": "because"]])
    }

    @Test(arguments: [
        (Incoming.BodyFailure.tooLarge, 413, "tooLarge"), (.tooSlow, 408, "requestTimeout"),
        (.broken, 400, "badRequest"),
    ])
    func aBodyThatCannotBeHadIsSaidToBeSo(failure: Incoming.BodyFailure, status: Int, code: String) async {
        let headers = ["X-Migration-Token": migrationToken]
        let answer = await test.send("POST", "/api/health/migrate", headers, failure: failure)
        #expect(answer.status == status && answer.body["error"]?["code"] == .string(code))
    }

    @Test func timeTellsARepetitionFromANewWish() {
        let recent = RecentKeys(capacity: 2)
        let start = ContinuousClock.now
        func key(_ name: String, _ seconds: Int, _ fresh: String) -> String {
            recent.key(for: name, within: .seconds(60), at: start + .seconds(seconds), fresh: fresh)
        }
        #expect(key("a", 0, "1") == "1")
        // Counted from the first, so that a steady stream of repetitions does not block the next deployment.
        #expect(key("a", 40, "2") == "1")
        #expect(key("a", 59, "3") == "1")
        #expect(key("a", 60, "4") == "4")
        #expect(key("a", 100, "5") == "4")
        // Full: the oldest is forgotten.
        #expect(key("b", 100, "6") == "6")
        #expect(key("c", 100, "7") == "7")
        #expect(key("b", 100, "8") == "6")
        #expect(key("a", 100, "9") == "9")
    }
}
