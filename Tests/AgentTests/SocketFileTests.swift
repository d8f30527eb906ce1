import FoundationEssentials
import Glibc
import Support
import Testing

@testable import Agent

/// The files of the agent's sockets.
@Suite struct SocketFileTests {
    private static func listen(_ path: String, mode: UInt16 = 0o660) throws(AgentError) -> CInt {
        try SocketFile.listen(SocketSettings.Endpoint(path: path, mode: mode, group: nil))
    }

    /// The mode is exactly the configured one, whatever the process's mask is.
    @Test(arguments: [0o600, 0o660, 0o666] as [UInt16]) func aNewSocket(mode: UInt16) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path("agent.sock")
            let descriptor = try Self.listen(path, mode: mode)
            defer { close(descriptor) }
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.type] as? FileAttributeType == .typeSocket)
            #expect((attributes[.posixPermissions] as? Int).map { $0 & 0o777 } == Int(mode))
        }
    }

    /// A process that was killed leaves its file.
    @Test func aFileThatWasLeftIsReplaced() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path("agent.sock")
            close(try Self.listen(path, mode: 0o600))
            #expect(FileManager.default.fileExists(atPath: path))
            let descriptor = try Self.listen(path, mode: 0o660)
            defer { close(descriptor) }
            let error = #expect(throws: AgentError.self) { try Self.listen(path) }
            #expect(error?.exitStatus == 69, "the new one is alive")
        }
    }

    @Test func theSocketOfARunningAgentIsKept() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path("agent.sock")
            let descriptor = try Self.listen(path)
            defer { close(descriptor) }
            for _ in 1...2 {
                let error = #expect(throws: AgentError.self) { try Self.listen(path) }
                #expect(error?.exitStatus == 69)
                #expect(error?.description == "\(path): another agent is listening here; stop it first")
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
