import Wire

/// Responds to every request, independent of the server that received it.
struct Bridge: Sendable {
    let routes: [String: Route]
    let agent: any Agent
    private let deliveries = Deliveries()

    init(routes: [Route], agent: any Agent) {
        self.routes = Dictionary(uniqueKeysWithValues: routes.map { ($0.path, $0) })
        self.agent = agent
    }

    func response(to request: BridgeRequest) async -> BridgeResponse {
        do throws(WebhookBridgeError) {
            if let route = routes[request.path] {
                try Self.require(["POST"], request)
                return try await deliver(request, route)
            }
            guard BridgePath.isOwn(request.path) else { throw .noSuchPath }
            try Self.require(["GET", "HEAD"], request)
            switch request.path {
            case BridgePath.live: return BridgeResponse(status: 200, body: ["live": true])
            case BridgePath.ready: return await readiness()
            default: return try await job(request)
            }
        } catch {
            return BridgeResponse(error)
        }
    }

    /// Verifies the sender before anything of the body is parsed, applies the filters, and has the agent record a job.
    private func deliver(_ request: BridgeRequest, _ route: Route) async throws(WebhookBridgeError) -> BridgeResponse {
        let key: String
        switch route.scheme {
        case .token:
            // Before the body is read: an unknown sender costs no memory.
            guard let token = request.header("X-Migration-Token"), route.secrets.contain(token) else {
                throw .unauthenticated()
            }
            let body = try await request.body()
            let id = request.header("Idempotency-Key") ?? request.header("X-Request-Id")
            key = deliveries.key(ofBody: body, id: id, route: route)
        case .github:
            guard let signature = request.header("X-Hub-Signature-256") else { throw .unauthenticated() }
            let body = try await request.body()
            guard route.secrets.sign(body, as: signature) else { throw .unauthenticated() }
            let reason: String?
            do {
                reason = try GitHubPayload.ignored(
                    body, event: request.header("X-GitHub-Event"), contentType: request.header("Content-Type"),
                    by: route)
            } catch {
                throw WebhookBridgeError(error)
            }
            if let reason { return .ignored(reason) }
            key = deliveries.key(ofSigned: body, id: request.header("X-GitHub-Delivery"), route: route)
        }
        do {
            let result = try await agent.migrate(
                database: route.database, idempotencyKey: key, reason: "hook \(route.path)", deadline: route.deadline)
            return Self.accepted(result)
        } catch {
            throw WebhookBridgeError(error)
        }
    }

    private static func accepted(_ result: Migrate.Result) -> BridgeResponse {
        let state = JSON.string(result.state.rawValue)
        let location = BridgePath.jobs + result.job
        return BridgeResponse(
            status: 202, headers: ["Location": location],
            body: ["job": .string(result.job), "state": state, "location": .string(location)])
    }

    /// One job, for a sender that presents a secret of a route to its database. For all others it does not exist.
    private func job(_ request: BridgeRequest) async throws(WebhookBridgeError) -> BridgeResponse {
        let credentials = request.header("Authorization")?.split(separator: " ", maxSplits: 1) ?? []
        guard credentials.count == 2, credentials[0].lowercased() == "bearer" else {
            throw .unauthenticated(challenge: "Bearer")
        }
        let secret = String(credentials[1])
        // Compared with the secrets of every route, so that the time does not reveal which of them it matches.
        let databases = Set(routes.values.filter { $0.secrets.contain(secret) }.map(\.database))
        guard !databases.isEmpty else { throw .unauthenticated(challenge: "Bearer") }
        let id = String(request.path.dropFirst(BridgePath.jobs.count))
        guard request.path.hasPrefix(BridgePath.jobs), !id.isEmpty, !id.contains("/") else { throw .noSuchPath }
        let body: JSON?
        do {
            let entry = try await agent.job(id)
            let isAllowed = entry?.database.map(databases.contains) ?? false
            body = try isAllowed ? entry.map { entry throws(WireError) in try JSON(encoding: entry) } : nil
        } catch {
            throw WebhookBridgeError(error)
        }
        guard let body else { throw .noSuchJob }
        return BridgeResponse(status: 200, body: body)
    }

    /// 200 while the agent is ready; otherwise 503 with the reason.
    private func readiness() async -> BridgeResponse {
        do {
            let hello = try await agent.hello()
            let isReady = hello.state == .ready
            return BridgeResponse(
                status: isReady ? 200 : 503, body: ["ready": .bool(isReady), "agent": .string(hello.state.rawValue)])
        } catch {
            return BridgeResponse(
                status: 503, body: ["ready": false, "agent": "unreachable", "reason": .string(error.message)])
        }
    }

    private static func require(_ methods: [String], _ request: BridgeRequest) throws(WebhookBridgeError) {
        guard methods.contains(request.method) else { throw .methodNotAllowed(methods) }
    }
}

/// The paths that the bridge serves itself.
enum BridgePath {
    static let live = "/livez"
    static let ready = "/readyz"
    static let jobs = "/v1/jobs/"

    /// Whether no route may have this path.
    static func isOwn(_ path: String) -> Bool {
        path == live || path == ready || path.hasPrefix("/v1/")
    }
}
