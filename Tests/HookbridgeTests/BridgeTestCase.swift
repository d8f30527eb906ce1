import Digests
import Settings
import Tokens
import Wire

@testable import WebhookBridge

let migrationToken = "migration-token-0123456789"
let nextToken = "rotated-token-0123456789abc"
let hookSecret = "github-secret-0123456789"

/// The routes of the design's example, a second database, and a filter of each kind.
let exampleSettings = """
    listen = "127.0.0.1:0"
    socket = "/run/schemad/admin.sock"
    key_file = "key.toml"

    [[route]]
    path = "/api/health/migrate"
    scheme = "token"
    secrets = ["\(migrationToken)", "\(nextToken)"]
    command = "migrate"
    database = "main"

    [[route]]
    path = "/hooks/github"
    scheme = "github"
    secrets = ["\(hookSecret)"]
    command = "migrate"
    database = "main"
    events = ["push"]
    branches = ["main", "release/1"]

    [[route]]
    path = "/hooks/every"
    scheme = "github"
    secrets = ["another-secret-0123456789"]
    command = "migrate"
    database = "other"
    deadline_seconds = 5
    """

/// A bridge with these routes and a fake agent.
struct BridgeUnderTest {
    let agent = FakeAgent()
    let bridge: Bridge

    init() throws {
        let settings = try BridgeSettings(text: exampleSettings, file: "/etc/hookbridge/hookbridge.toml")
        bridge = Bridge(routes: settings.routes, agent: agent)
    }

    func send(
        _ method: String, _ path: String, _ headers: [String: String] = [:], _ body: String = "",
        failure: WebhookBridgeError? = nil
    ) async -> BridgeResponse {
        let lowercased = Dictionary(uniqueKeysWithValues: headers.map { ($0.lowercased(), $1) })
        return await bridge.response(
            to:
                BridgeRequest(
                    method: method, path: path, header: { lowercased[$0.lowercased()] },
                    body: { () async throws(WebhookBridgeError) in
                        if let failure { throw failure }
                        return Array(body.utf8)
                    }))
    }

    /// A delivery with the right static token.
    func post(_ body: String = "{}", _ headers: [String: String] = [:]) async -> BridgeResponse {
        await send(
            "POST", "/api/health/migrate",
            headers.merging(["X-Migration-Token": migrationToken]) { given, _ in given }, body)
    }

    /// A GitHub delivery with the right signature.
    func push(
        _ body: String, event: String? = "push", id: String? = nil, path: String = "/hooks/github",
        secret: String = hookSecret, type: String = "application/json"
    ) async -> BridgeResponse {
        var headers = ["X-Hub-Signature-256": signature(body, secret), "Content-Type": type]
        headers["X-GitHub-Event"] = event
        headers["X-GitHub-Delivery"] = id
        return await send("POST", path, headers, body)
    }
}

func signature(_ body: String, _ secret: String) -> String {
    guard let key = HMACKey(Array(secret.utf8)) else { return "" }
    return "sha256=" + key.authenticationCode(for: Array(body.utf8)).hexadecimal
}
