import Testing
import Wire

@testable import WebhookBridge

struct GitHubHookTests {
    let test: BridgeUnderTest
    let push = #"{"ref":"refs/heads/main","after":"8f3c"}"#

    init() throws {
        test = try BridgeUnderTest()
    }

    /// The example of GitHub's documentation, "Validating webhook deliveries".
    @Test func theSignatureMatchesGitHubs() throws {
        let secrets = try #require(Secrets(["It's a Secret to Everybody"]))
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        #expect(secrets.sign(Array("Hello, World!".utf8), as: signature))
        #expect(!secrets.sign(Array("Hello, World?".utf8), as: signature))
    }

    @Test func aSignedPushBecomesAJob() async {
        let answer = await test.push(push)
        #expect(answer.status == 202 && answer.headers["Location"] == "/v1/jobs/job0")
        #expect(test.agent.requests.map(\.reason) == ["hook /hooks/github"])
    }

    @Test(arguments: [
        nil, "", "sha256=", "sha256=" + String(repeating: "0", count: 64),
        signature("{}", hookSecret).uppercased(), String(signature("{}", hookSecret).dropFirst(7)),
        String(signature("{}", hookSecret).dropLast()), signature("{}", hookSecret) + "0",
        signature("{} ", hookSecret), signature("{}", migrationToken),
        "sha1=" + signature("{}", hookSecret).dropFirst(7),
    ])
    func aWrongSignatureIsRefused(signature: String?) async {
        var headers = ["X-GitHub-Event": "ping"]
        headers["X-Hub-Signature-256"] = signature
        let answer = await test.send("POST", "/hooks/github", headers, "{}")
        #expect(answer.status == 401)
        #expect(test.agent.requests.isEmpty)
    }

    @Test func nothingIsParsedBeforeTheSignatureIsVerified() async {
        let headers = ["X-Hub-Signature-256": "sha256=00", "X-GitHub-Event": "push"]
        #expect(await test.send("POST", "/hooks/github", headers, "{").status == 401)
        // With a valid signature it is only invalid JSON.
        let answer = await test.push("{")
        #expect(answer.status == 400 && answer.body["error"]?["code"] == "badJSON")
    }

    @Test func aRepetitionIsTheSameJob() async {
        let first = await test.push(push, id: "delivery-1")
        // Sent again by GitHub, by an attacker who captured it, and with the id of the first.
        #expect(await test.push(push, id: "delivery-1") == first)
        #expect(await test.push(push, id: "delivery-2") == first)
        #expect(await test.push(push) == first)
        let other = #"{"ref":"refs/heads/main","after":"9a1d"}"#
        #expect(await test.push(other, id: "delivery-1") == first)
        #expect(await test.push(other, id: "delivery-3") != first)
    }

    @Test func theSameBodyAtAnotherRouteIsAnotherJob() async {
        let first = await test.push(push)
        let second = await test.push(push, path: "/hooks/every", secret: "another-secret-0123456789")
        #expect(second.status == 202 && second != first)
        #expect(test.agent.requests.map(\.database) == ["main", "other"])
        #expect(test.agent.requests.last?.deadline == .seconds(5))
    }

    @Test(arguments: [
        ("ping", #"{"zen":"Keep it logically awesome."}"#, "ping"),
        ("issues", #"{"action":"opened"}"#, "event 'issues'"),
        (nil, #"{"ref":"refs/heads/main"}"#, "no X-GitHub-Event"),
        ("push", #"{"ref":"refs/heads/other"}"#, "branch 'other'"),
        ("push", #"{"ref":"refs/heads/main/x"}"#, "branch 'main/x'"),
        ("push", #"{"ref":"refs/tags/main"}"#, "no branch"),
        ("push", #"{"ref":"main"}"#, "no branch"),
        ("push", #"{"ref":null}"#, "no branch"),
        ("push", #"{"ref":"refs/heads/main","deleted":true}"#, "the branch was deleted"),
    ])
    func filteredDeliveriesAreIgnored(event: String?, body: String, reason: String) async {
        let answer = await test.push(body, event: event)
        #expect(answer == BridgeResponse(status: 200, body: ["ignored": .string(reason)]))
        #expect(test.agent.requests.isEmpty)
    }

    @Test(arguments: ["main", "release/1"])
    func eachBranchOfTheFilterCounts(branch: String) async {
        #expect(await test.push(#"{"ref":"refs/heads/\#(branch)"}"#).status == 202)
    }

    @Test func withoutFiltersEverythingButPingCounts() async {
        let secret = "another-secret-0123456789"
        for event in [nil, "issues", "workflow_run"] {
            #expect(await test.push("not even JSON", event: event, path: "/hooks/every", secret: secret).status == 202)
        }
        #expect(await test.push("{}", event: "ping", path: "/hooks/every", secret: secret).status == 200)
    }

    @Test func aFormIsReadAsWell() async {
        let type = "application/x-www-form-urlencoded"
        let main = "payload=%7B%22ref%22%3A+%22refs%2Fheads%2Fmain%22%7D"
        #expect(await test.push(main, type: type).status == 202)
        let other = "a=b&payload=%7B%22ref%22%3A%22refs%2fheads%2fother%22%7D&c"
        #expect(await test.push(other, type: type).body == ["ignored": "branch 'other'"])
        #expect(await test.push(push, type: type).status == 202)
        #expect(await test.push("a=b", type: type).status == 400)
        #expect(await test.push("payload=%7B%22ref%22%3A%2", type: type).status == 400)
    }
}
