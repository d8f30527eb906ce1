import Wire

/// Why the bridge refuses a request: the HTTP status and the code and message of the response's body.
struct WebhookBridgeError: Error, Hashable, Sendable {
    var status: Int
    /// Headers of the response that the status requires.
    var headers: [String: String] = [:]
    /// A stable code for programs; the agent's own where the agent refused.
    var code: String
    var message: String

    init(_ status: Int, _ code: String, _ message: String, headers: [String: String] = [:]) {
        self.status = status
        self.headers = headers
        self.code = code
        self.message = message
    }

    /// The agent's error, or one of the bridge with a code of the protocol. Details stay behind.
    init(_ error: WireError) {
        self.init(error.code.httpStatus, error.code.rawValue, error.message)
    }

    /// The same for a missing, malformed or wrong secret or signature, so that a sender learns nothing from it.
    static func unauthenticated(challenge: String? = nil) -> WebhookBridgeError {
        var error = WebhookBridgeError(WireError(.unauthenticated, "the secret or signature is missing or wrong"))
        if let challenge { error.headers["WWW-Authenticate"] = challenge }
        return error
    }

    static func methodNotAllowed(_ allowed: [String]) -> WebhookBridgeError {
        let list = allowed.joined(separator: ", ")
        return WebhookBridgeError(405, "methodNotAllowed", "this path accepts \(list)", headers: ["Allow": list])
    }

    static let noSuchPath = WebhookBridgeError(404, "notFound", "nothing is served at this path")
    static let noSuchJob = WebhookBridgeError(404, "notFound", "there is no such job")

    static let bodyTooLarge = WebhookBridgeError(WireError(.tooLarge, "the body is larger than max_body allows"))
    static let bodyTooSlow = WebhookBridgeError(408, "requestTimeout", "the body did not arrive in time")
    static let bodyUnreadable = WebhookBridgeError(400, "badRequest", "the body could not be read")
}
