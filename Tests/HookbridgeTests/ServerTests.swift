import Foundation
import Glibc
import Hummingbird
import Logging
import Testing

@testable import WebhookBridge

/// The bridge behind a real HTTP server.
struct ServerTests {
    let agent = FakeAgent()

    /// Serves the example on a free port for as long as `body` runs.
    private func serving(maxBody: Int = 4096, _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        var settings = try BridgeSettings(text: exampleSettings, file: "/etc/hookbridge.toml")
        settings.maxBody = maxBody
        let server = BridgeServer(
            settings: settings, agent: agent, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let (ports, announced) = AsyncStream.makeStream(of: Int.self)
        let application = server.application { announced.yield($0) }
        try await withThrowingTaskGroup { group in
            group.addTask { try await application.run() }
            group.addTask {
                for await port in ports {
                    try await body(port)
                    return
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    @Test func requestsArriveWhole() async throws {
        try await serving { port in
            let body = #"{"ref":"refs/heads/main"}"#
            let answer = try await exchange(
                port,
                """
                POST /hooks/github HTTP/1.1\r\nHost: a\r\nx-hub-signature-256: \(signature(body, hookSecret))\r
                x-github-event: push\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)
                """)
            #expect(answer.hasPrefix("HTTP/1.1 202 Accepted\r\n"))
            #expect(answer.contains("\r\nLocation: /v1/jobs/job0\r\n"))
            #expect(answer.contains("\r\nContent-Type: application/json\r\n"))
            #expect(answer.hasSuffix("{\"job\":\"job0\",\"state\":\"queued\",\"location\":\"/v1/jobs/job0\"}\n"))
        }
    }

    @Test func aHeadHasNoBody() async throws {
        try await serving { port in
            let answer = try await exchange(port, "HEAD /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("\r\n\r\n"))
        }
    }

    @Test(arguments: ["Content-Length: 5000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n1388\r\n"])
    func aLongBodyIsCutOff(length: String) async throws {
        try await serving { port in
            let answer = try await exchange(
                port,
                "POST /api/health/migrate HTTP/1.1\r\nHost: a\r\nX-Migration-Token: \(migrationToken)\r\n"
                    + "Connection: close\r\n\(length)" + String(repeating: "x", count: 5000) + "\r\n0\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
        }
        #expect(agent.requests.isEmpty)
    }

    @Test func theCapItselfIsAllowed() async throws {
        try await serving { port in
            let answer = try await exchange(
                port,
                "POST /api/health/migrate HTTP/1.1\r\nHost: a\r\nX-Migration-Token: \(migrationToken)\r\n"
                    + "Connection: close\r\nContent-Length: 4096\r\n\r\n" + String(repeating: "x", count: 4096))
            #expect(answer.hasPrefix("HTTP/1.1 202 "))
        }
    }

    @Test func aRepeatedTokenHeaderIsRefused() async throws {
        try await serving { port in
            let header = "X-Migration-Token: \(migrationToken)\r\n"
            let answer = try await exchange(
                port,
                "POST /api/health/migrate HTTP/1.1\r\nHost: a\r\n\(header)\(header)Connection: close\r\n"
                    + "Content-Length: 0\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 401 "))
        }
    }
}

private struct ConnectionFailure: Error {}

/// Sends `request` to the local port and reads the response to its end.
private func exchange(_ port: Int, _ request: String) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
        // The calls block, so they run on a thread of their own.
        Thread.detachNewThread {
            continuation.resume(with: Result { try blockingExchange(UInt16(port), Array(request.utf8)) })
        }
    }
}

private func blockingExchange(_ port: UInt16, _ request: [UInt8]) throws -> String {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw ConnectionFailure() }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard connected == 0 else { throw ConnectionFailure() }
    // A server that refuses may close before it has read the whole request.
    _ = send(descriptor, request, request.count, Int32(MSG_NOSIGNAL))
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { break }
        answer += chunk.prefix(count)
    }
    return String(decoding: answer, as: UTF8.self)
}
