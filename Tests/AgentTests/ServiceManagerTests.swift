import Glibc
import Support
import Testing

@testable import Agent

/// Sockets passed by a service manager: nothing about them is guessed.
@Suite struct ServiceManagerTests {
    private enum Kind: CaseIterable { case listening, connected, datagram, tcp, pipe }

    private static func make(_ kind: Kind, _ folder: TemporaryFolder, _ number: Int) throws -> CInt {
        let path = folder.path("s\(number)")
        switch kind {
        case .listening:
            let file = try SocketFile.listen(SocketSettings.Endpoint(path: path, mode: 0o600, group: nil))
            _ = fcntl(file.descriptor, F_SETFD, 0)
            _ = fcntl(file.descriptor, F_SETFL, 0)
            return file.descriptor
        case .connected: return socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        case .datagram: return socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
        case .tcp:
            let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            try #require(Glibc.listen(descriptor, 1) == 0)
            return descriptor
        case .pipe:
            var ends: [CInt] = [-1, -1]
            try #require(Glibc.pipe(&ends) == 0)
            close(ends[1])
            return ends[0]
        }
    }

    /// Runs the body with descriptors of these kinds that follow one another, as a service manager passes them.
    private static func with(_ kinds: [Kind], _ body: (_ first: CInt) throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let made = try kinds.enumerated().map { try make($1, folder, $0) }
            defer { for descriptor in made { close(descriptor) } }
            for start in stride(from: CInt(300), to: 900, by: 20) {
                let copies = made.enumerated().map { fcntl($1, F_DUPFD, start + CInt($0)) }
                defer { for copy in copies { close(copy) } }
                // Another test may use one of these numbers.
                guard copies == copies.indices.map({ copies[0] + CInt($0) }) else { continue }
                return try body(copies[0])
            }
            throw SupportError("There are no free descriptors in a row.")
        }
    }

    private static func sockets(
        _ names: String?, count: String, pid: String = "7", first: CInt
    ) throws -> [SocketRole: CInt] {
        var variables = ["LISTEN_PID": pid, "LISTEN_FDS": count]
        variables["LISTEN_FDNAMES"] = names
        return try ServiceManager.sockets(variables, process: 7, first: first)
    }

    @Test func socketsByName() async throws {
        try await Self.with([.listening, .listening]) { (first) throws in
            let expected: [(names: String, sockets: [SocketRole: CInt])] = [
                ("admin:query", [.admin: first, .query: first + 1]),
                ("query:admin", [.query: first, .admin: first + 1]), ("query", [.query: first]),
                ("admin", [.admin: first]),
            ]
            for (names, sockets) in expected {
                let taken = try Self.sockets(names, count: "\(sockets.count)", first: first)
                #expect(taken == sockets)
                for descriptor in taken.values {
                    #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
                    #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
                }
            }
        }
    }

    @Test func noSockets() throws {
        #expect(try ServiceManager.sockets([:], process: 7, first: 3) == [:])
        #expect(try Self.sockets("other", count: "1", pid: "8", first: 3) == [:], "meant for another process")
        #expect(try Self.sockets(nil, count: "0", first: 3) == [:])
    }

    /// No name is guessed: the query socket needs no token.
    @Test(
        arguments: [
            ("other", "1", "unknown name 'other'"), ("schemad.socket", "1", "unknown name 'schemad.socket'"),
            ("Admin", "1", "unknown name 'Admin'"), ("", "1", "unknown name ''"), ("admin:", "2", "unknown name ''"),
            ("admin:web", "2", "unknown name 'web'"), ("admin:admin", "2", "two sockets have the name 'admin'"),
            ("query:query", "2", "two sockets have the name 'query'"), (nil, "2", "LISTEN_FDNAMES has 1 name"),
            ("admin", "2", "LISTEN_FDNAMES has 1 name"), ("admin:query", "1", "LISTEN_FDNAMES has 2 name"),
            ("admin", "-1", "LISTEN_FDS is '-1'"), ("admin", "x", "LISTEN_FDS is 'x'"),
            ("admin", "99999999999999999999", "not a number"),
        ] as [(String?, String, String)])
    func wrongNames(_ names: String?, _ count: String, _ says: String) async throws {
        try await Self.with([.listening, .listening]) { first in
            let error = #expect(throws: AgentError.self) { try Self.sockets(names, count: count, first: first) }
            #expect(error?.exitStatus == 78 && error?.description.contains(says) == true, "\(error as Any)")
            #expect(error?.description.contains("FileDescriptorName=admin") == true)
        }
    }

    @Test func wrongKinds() async throws {
        let cases: [(Kind, String)] = [
            (.connected, "does not listen"), (.datagram, "not a Unix stream socket"),
            (.tcp, "not a Unix stream socket"), (.pipe, "cannot be used"),
        ]
        for (kind, says) in cases {
            for name in ["admin", "query"] {
                try await Self.with([kind]) { first in
                    let error = #expect(throws: AgentError.self) { try Self.sockets(name, count: "1", first: first) }
                    #expect(error?.exitStatus == 78 && error?.description.contains(says) == true, "\(error as Any)")
                    #expect(error?.description.contains("'\(name)'") == true)
                }
            }
        }
        let closed = #expect(throws: AgentError.self) { try Self.sockets("admin", count: "1", first: 1_000_000) }
        #expect(closed?.exitStatus == 78)
    }
}
