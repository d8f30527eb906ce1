import HTTPTypes
import Hummingbird
import Logging
import Wire

/// Translates between Hummingbird and the bridge.
struct BridgeResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    /// How long a body may take to arrive, from the request's head on.
    private static let bodyTimeout = Duration.seconds(30)

    let bridge: Bridge
    let maxBody: Int

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let headers = request.headers
        let incoming = Incoming(
            method: request.method.rawValue, path: request.uri.path,
            header: { name in HTTPField.Name(name).flatMap { headers[$0] } },
            body: { () async throws(Incoming.BodyFailure) in try await read(request) })
        let answer = await bridge.answer(incoming)
        // Neither headers nor body: both carry secrets.
        context.logger.info(
            "answered",
            metadata: [
                "method": "\(incoming.method)", "path": "\(incoming.path)", "status": "\(answer.status)",
                "job": "\(answer.body["job"]?.stringValue ?? "-")",
            ])
        return response(answer, isHead: incoming.method == "HEAD")
    }

    private func response(_ answer: Answer, isHead: Bool) -> Response {
        let body = ByteBuffer(bytes: answer.body.encoded(sorted: false) + [0x0A])
        var headers: HTTPFields = [
            .contentType: "application/json", .contentLength: "\(body.readableBytes)", .cacheControl: "no-store",
        ]
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return Response(
            status: .init(code: answer.status), headers: headers,
            body: isHead ? .init() : .init(byteBuffer: body))
    }

    /// The body, as long as it stays within the cap and the time.
    private func read(_ request: Request) async throws(Incoming.BodyFailure) -> [UInt8] {
        // What is declared too long is not even begun; what lies about it is cut off while it arrives.
        if let declared = request.headers[.contentLength].flatMap({ Int($0) }), declared > maxBody { throw .tooLarge }
        let body = request.body
        let maxBody = maxBody
        let outcome = await withTaskGroup(of: Result<[UInt8], Incoming.BodyFailure>.self) { group in
            group.addTask {
                var bytes: [UInt8] = []
                do {
                    for try await chunk in body {
                        guard bytes.count + chunk.readableBytes <= maxBody else { return .failure(.tooLarge) }
                        bytes += chunk.readableBytesView
                    }
                } catch {
                    return .failure(.broken)
                }
                // The sequence also ends when the task is cancelled, in the middle of the body.
                return Task.isCancelled ? .failure(.broken) : .success(bytes)
            }
            group.addTask {
                do {
                    // The clock that the body races.
                    try await Task.sleep(for: Self.bodyTimeout)
                    return .failure(.tooSlow)
                } catch {
                    return .failure(.broken)
                }
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(.broken)
        }
        return try outcome.get()
    }
}
