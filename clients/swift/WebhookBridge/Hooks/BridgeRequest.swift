/// An HTTP request, independent of the server that received it.
struct BridgeRequest: Sendable {
    var method: String
    var path: String
    /// The value of a header; names are compared without case, several values are joined by commas.
    var header: @Sendable (String) -> String?
    /// Reads the whole body; called at most once.
    var body: @Sendable () async throws(WebhookBridgeError) -> [UInt8]
}
