import FoundationEssentials
import Glibc
import Support
import Testing

@testable import Agent

/// The files of the agent's sockets.
@Suite struct SocketFileTests {
    private static func listen(_ path: String, mode: UInt16 = 0o660) throws(AgentError) -> SocketFile {
        try SocketFile.listen(SocketSettings.Endpoint(path: path, mode: mode, group: nil))
    }

    /// The mode is exactly the configured one, whatever the process's mask is.
    @Test(arguments: [0o600, 0o660, 0o666] as [UInt16]) func aNewSocket(mode: UInt16) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path("agent.sock")
            let socket = try Self.listen(path, mode: mode)
            defer { close(socket.descriptor) }
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.type] as? FileAttributeType == .typeSocket)
            #expect((attributes[.posixPermissions] as? Int).map { $0 & 0o777 } == Int(mode))
        }
    }

    /// A process that was killed leaves its file.
    @Test func aFileThatWasLeftIsReplaced() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path("agent.sock")
            do { close(try Self.listen(path, mode: 0o600).descriptor) }
            #expect(FileManager.default.fileExists(atPath: path))
            let socket = try Self.listen(path, mode: 0o660)
            defer { close(socket.descriptor) }
            let error = #expect(throws: AgentError.self) { try Self.listen(path) }
            #expect(error?.exitStatus == 69, "the new one is alive")
            withExtendedLifetime(socket) {}
        }
    }

    @Test func theSocketOfARunningAgentIsKept() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path("agent.sock")
            let socket = try Self.listen(path)
            defer { close(socket.descriptor) }
            for _ in 1...2 {
                let error = #expect(throws: AgentError.self) { try Self.listen(path) }
                #expect(error?.exitStatus == 69)
                #expect(error?.description == "\(path): another agent is listening here; stop it first")
            }
            #expect(FileManager.default.fileExists(atPath: path))
            socket.remove()
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }

    /// A program that does not know the lock listens here.
    @Test func aListenerWithoutTheLockIsKept() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path("agent.sock")
            let socket = try Self.listen(path)
            defer { close(socket.descriptor) }
            try FileManager.default.removeItem(atPath: path + ".lock")
            let error = #expect(throws: AgentError.self) { try Self.listen(path) }
            #expect(error?.exitStatus == 69 && FileManager.default.fileExists(atPath: path))
            #expect(!FileManager.default.fileExists(atPath: path + ".lock"))
            withExtendedLifetime(socket) {}
        }
    }

    /// A file that has replaced the agent's own belongs to someone else.
    @Test func onlyTheOwnFileIsRemoved() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path("agent.sock")
            let socket = try Self.listen(path)
            defer { close(socket.descriptor) }
            // The old inode stays in use, so that the new file has another.
            try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
            try folder.write("agent.sock", "another file")
            socket.remove()
            #expect(try folder.read("agent.sock") == "another file")
        }
    }

    /// When one of the two sockets cannot be opened, the file of the other does not stay.
    @Test func noFileOfAFailedStart() async throws {
        try await TemporaryFolder.with { folder in
            let admin = SocketSettings.Endpoint(path: folder.path("admin.sock"), mode: 0o600, group: nil)
            let query = try folder.write("query.sock", "not a socket")
            for path in [query, folder.path("missing/query.sock")] {
                let settings = SocketSettings(
                    admin: admin, query: SocketSettings.Endpoint(path: path, mode: 0o600, group: nil))
                #expect(throws: AgentError.self) { try Listener.open(settings) }
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["query.sock"])
            }
            let opened = try Listener.open(SocketSettings(admin: admin))
            #expect(opened.map(\.role) == [.admin])
            for socket in opened {
                socket.file?.remove()
                close(socket.descriptor)
            }
        }
    }

    /// Whatever else has the name is not touched, and a link is not followed.
    @Test func otherFilesAreKept() async throws {
        try await TemporaryFolder.with { folder in
            let file = try folder.write("file", "precious")
            let link = folder.path("link")
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path("nowhere"))
            for path in [file, link, folder.path] {
                let error = #expect(throws: AgentError.self) { try Self.listen(path) }
                #expect(error?.exitStatus == 73)
                #expect(error?.description.hasPrefix("\(path): ") == true)
                #expect(error?.description.hasSuffix("is not a socket") == true)
            }
            #expect(try folder.read("file") == "precious")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == folder.path("nowhere"))
        }
    }

    @Test func aMissingFolder() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path("missing/agent.sock")
            let error = #expect(throws: AgentError.self) { try Self.listen(path) }
            #expect(error?.exitStatus == 73)
            #expect(error?.description.hasPrefix("\(path): cannot listen: ") == true)
            #expect(error?.description.hasSuffix("; its folder must exist") == true)
        }
    }
}
