import Wire

/// An HTTP response: a status, headers beyond the content type, and a JSON body.
struct BridgeResponse: Hashable, Sendable {
    var status: Int
    var headers: [String: String] = [:]
    var body: JSON

    /// `{"error":{"code","message"}}`.
    init(_ error: WebhookBridgeError) {
        self.init(
            status: error.status, headers: error.headers,
            body: ["error": ["code": .string(error.code), "message": .string(error.message)]])
    }

    init(status: Int, headers: [String: String] = [:], body: JSON) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The response to a verified delivery that the route's filters exclude.
    static func ignored(_ reason: String) -> BridgeResponse {
        BridgeResponse(status: 200, body: ["ignored": .string(reason)])
    }
}
