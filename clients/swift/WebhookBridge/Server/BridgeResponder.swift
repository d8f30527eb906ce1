import HTTPTypes
import Hummingbird
import Logging
import Wire

/// Converts between Hummingbird's requests and responses and those of the bridge.
struct BridgeResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    /// How long a body may take to arrive after the request's head.
    private static let bodyTimeout = Duration.seconds(30)

    let bridge: Bridge
    let maxBody: Int

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let headers = request.headers
        let bridgeRequest = BridgeRequest(
            method: request.method.rawValue, path: request.uri.path,
            header: { name in HTTPField.Name(name).flatMap { headers[$0] } },
            body: { () async throws(WebhookBridgeError) in try await body(of: request) })
        let response = await bridge.response(to: bridgeRequest)
        // Neither headers nor body: both carry secrets.
        context.logger.info(
            "responded",
            metadata: [
                "method": "\(bridgeRequest.method)", "path": "\(bridgeRequest.path)", "status": "\(response.status)",
                "job": "\(response.body["job"]?.stringValue ?? "-")",
            ])
        return httpResponse(response, isHead: bridgeRequest.method == "HEAD")
    }

    private func httpResponse(_ response: BridgeResponse, isHead: Bool) -> Response {
        let body = ByteBuffer(bytes: response.body.encoded(sorted: false) + [0x0A])
        var headers: HTTPFields = [
            .contentType: "application/json", .contentLength: "\(body.readableBytes)", .cacheControl: "no-store",
        ]
        for (name, value) in response.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return Response(
            status: .init(code: response.status), headers: headers,
            body: isHead ? .init() : .init(byteBuffer: body))
    }

    /// Reads the body.
    ///
    /// - Throws: `bodyTooLarge`, `bodyTooSlow`, or `bodyUnreadable` when the connection ends.
    private func body(of request: Request) async throws(WebhookBridgeError) -> [UInt8] {
        // Refused by its declared length where there is one; otherwise as soon as too much has arrived.
        if let declared = request.headers[.contentLength].flatMap({ Int($0) }), declared > maxBody {
            throw .bodyTooLarge
        }
        let body = request.body
        let maxBody = maxBody
        let outcome = await withTaskGroup(of: Result<[UInt8], WebhookBridgeError>.self) { group in
            group.addTask {
                var bytes: [UInt8] = []
                do {
                    for try await chunk in body {
                        guard bytes.count + chunk.readableBytes <= maxBody else { return .failure(.bodyTooLarge) }
                        bytes += chunk.readableBytesView
                    }
                } catch {
                    return .failure(.bodyUnreadable)
                }
                // The sequence also ends in the middle of the body when the task is cancelled.
                return Task.isCancelled ? .failure(.bodyUnreadable) : .success(bytes)
            }
            group.addTask {
                do {
                    try await Task.sleep(for: Self.bodyTimeout)
                    return .failure(.bodyTooSlow)
                } catch {
                    return .failure(.bodyUnreadable)
                }
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(.bodyUnreadable)
        }
        return try outcome.get()
    }
}
