import Wire

/// Answers every request; knows nothing of the server that received it.
struct Bridge: Sendable {
    let routes: [String: Route]
    let agent: any Agent
    private let deliveries = Deliveries()

    init(routes: [Route], agent: any Agent) {
        self.routes = Dictionary(uniqueKeysWithValues: routes.map { ($0.path, $0) })
        self.agent = agent
    }

    func answer(_ incoming: Incoming) async -> Answer {
        do throws(Answer) {
            if let route = routes[incoming.path] {
                try Self.require(["POST"], incoming)
                return try await hook(incoming, route)
            }
            guard BridgePath.isOwn(incoming.path) else { throw Self.notFound }
            try Self.require(["GET", "HEAD"], incoming)
            switch incoming.path {
            case BridgePath.live: return Answer(status: 200, body: ["live": true])
            case BridgePath.ready: return await readiness()
            default: return try await job(incoming)
            }
        } catch {
            return error
        }
    }

    /// A delivery: the sender is verified before anything of the body is parsed, and only then are filters asked.
    private func hook(_ incoming: Incoming, _ route: Route) async throws(Answer) -> Answer {
        let key: String
        switch route.scheme {
        case .token:
            // Before the body is read: strangers cost no memory.
            guard let token = incoming.header("X-Migration-Token"), route.secrets.contain(token) else {
                throw .unauthenticated()
            }
            let body = try await Self.body(of: incoming)
            let id = incoming.header("Idempotency-Key") ?? incoming.header("X-Request-Id")
            key = deliveries.key(ofBody: body, id: id, route: route)
        case .github:
            guard let signature = incoming.header("X-Hub-Signature-256") else { throw .unauthenticated() }
            let body = try await Self.body(of: incoming)
            guard route.secrets.sign(body, as: signature) else { throw .unauthenticated() }
            let reason: String?
            do {
                reason = try GitHubPayload.ignored(
                    body, event: incoming.header("X-GitHub-Event"), contentType: incoming.header("Content-Type"),
                    by: route)
            } catch {
                throw .refused(error)
            }
            if let reason { return .ignored(reason) }
            key = deliveries.key(ofSigned: body, id: incoming.header("X-GitHub-Delivery"), route: route)
        }
        do {
            let result = try await agent.migrate(
                database: route.database, idempotencyKey: key, reason: "hook \(route.path)", deadline: route.deadline)
            return Self.accepted(result)
        } catch {
            throw .refused(error)
        }
    }

    private static func accepted(_ result: Migrate.Result) -> Answer {
        let state = JSON.string(result.state.rawValue)
        // The agent makes no job where there is nothing to do, so there is nothing to follow either.
        guard let job = result.job else { return Answer(status: 200, body: ["job": nil, "state": state]) }
        let location = BridgePath.jobs + job
        return Answer(
            status: 202, headers: ["Location": location],
            body: ["job": .string(job), "state": state, "location": .string(location)])
    }

    /// One job, for who knows a secret of a route to its database. For everybody else it does not exist.
    private func job(_ incoming: Incoming) async throws(Answer) -> Answer {
        let credentials = incoming.header("Authorization")?.split(separator: " ", maxSplits: 1) ?? []
        guard credentials.count == 2, credentials[0].lowercased() == "bearer" else {
            throw .unauthenticated("Bearer")
        }
        let secret = String(credentials[1])
        // Every route is asked, so that the time does not tell which of them the secret belongs to.
        let databases = Set(routes.values.filter { $0.secrets.contain(secret) }.map(\.database))
        guard !databases.isEmpty else { throw .unauthenticated("Bearer") }
        let id = String(incoming.path.dropFirst(BridgePath.jobs.count))
        guard incoming.path.hasPrefix(BridgePath.jobs), !id.isEmpty, !id.contains("/") else { throw Self.notFound }
        do throws(WireError) {
            guard let entry = try await agent.job(id), let database = entry.database, databases.contains(database)
            else {
                return .refused(404, "notFound", "there is no such job")
            }
            return Answer(status: 200, body: try JSON(encoding: entry))
        } catch {
            throw .refused(error)
        }
    }

    /// Ready when the agent says so; the reason otherwise.
    private func readiness() async -> Answer {
        do {
            let hello = try await agent.hello()
            let isReady = hello.state == .ready
            return Answer(
                status: isReady ? 200 : 503, body: ["ready": .bool(isReady), "agent": .string(hello.state.rawValue)])
        } catch {
            return Answer(
                status: 503, body: ["ready": false, "agent": "unreachable", "reason": .string(error.message)])
        }
    }

    private static let notFound = Answer.refused(404, "notFound", "there is nothing at this path")

    private static func require(_ methods: [String], _ incoming: Incoming) throws(Answer) {
        guard !methods.contains(incoming.method) else { return }
        let allowed = methods.joined(separator: ", ")
        var answer = Answer.refused(405, "methodNotAllowed", "this path takes \(allowed)")
        answer.headers["Allow"] = allowed
        throw answer
    }

    private static func body(of incoming: Incoming) async throws(Answer) -> [UInt8] {
        do {
            return try await incoming.body()
        } catch {
            switch error {
            case .tooLarge: throw .refused(WireError(.tooLarge, "the body is larger than max_body allows"))
            case .tooSlow: throw .refused(408, "requestTimeout", "the body did not arrive in time")
            case .broken: throw .refused(400, "badRequest", "the body could not be read")
            }
        }
    }
}
