import Diagnosis
import FoundationEssentials
import Glibc
import Support
import Testing
import Wire

/// Start and shutdown of an agent.
@Suite struct LifecycleTests {
    @Test func shutdownWaitsForTheMigration() async throws {
        try await ProjectFixture.with(
            arrange: { settings, project in
                settings.database = [Barrier.setting]
                try project.revisions(2) { $0 == 1 ? Barrier.python : "pass" }
            }
        ) { fixture in
            let agent = fixture.agent
            try await Barrier.with(fixture.database) { barrier in
                let job = try await agent.call(Migrate.self, .init(wait: false)).job
                try await barrier.reached()
                agent.process?.signal(SIGTERM)
                // While the agent drains, mutations are refused and reads are served.
                try await eventually("the agent is draining") {
                    try await FrameConnection.open(agent.adminSocket).hello.state == .draining
                }
                #expect(try await agent.refusal(Migrate.self, .init()).code == .draining)
                #expect(try await agent.call(Jobs.self, .init(id: job)).jobs.first?.state == .running)
                #expect(try await barrier.waiter() != nil)
                #expect(agent.process?.status == nil)
                await barrier.open()
                #expect(try await agent.process?.wait() == 0)
                for path in [agent.adminSocket, agent.querySocket] {
                    #expect(!FileManager.default.fileExists(atPath: path))
                }
                #expect(try await fixture.steps().count == 3)
                try await agent.start()
                #expect(try await agent.finishedJob(job).state == .succeeded)
            }
        }
    }

    @Test(arguments: [SIGTERM, SIGINT]) func idleAgentEndsAtOnce(_ signal: Int32) async throws {
        try await UnreachableDatabase.with { agent in
            let connection = try await FrameConnection.open(agent.adminSocket)
            agent.process?.signal(signal)
            #expect(try await agent.process?.wait(deadline: .seconds(10)) == 0)
            #expect(try await connection.frame() == nil)
            #expect(!FileManager.default.fileExists(atPath: agent.adminSocket))
        }
    }

    /// A second agent on the same state directory does not start, and leaves the journal of the first one alone.
    @Test func secondAgentOnOneStateDirectory() async throws {
        try await UnreachableDatabase.with { agent in
            let again = try await Program.run(
                try Products.path("schemad"), ["serve", "--config", agent.folder.path("schemad.toml")])
            #expect(again.status == 69)
            #expect(again.standardError.contains("another agent is listening"))

            let text = try agent.folder.read("schemad.toml")
            try agent.folder.write(
                "other.toml", text.replacing("admin.sock", with: "a2.sock").replacing("query.sock", with: "q2.sock"))
            let other = try await Program.run(
                try Products.path("schemad"), ["serve", "--config", agent.folder.path("other.toml")])
            #expect(other.status == 69)
            #expect(other.standardError.split(separator: "\n").contains { $0.contains("state") })
            #expect(!FileManager.default.fileExists(atPath: agent.folder.path("a2.sock")))
            #expect(try await agent.call(Status.self, .init()).state == .ready)
        }
    }

    /// The socket of a killed agent is replaced; any other file at that path is not.
    @Test func existingFileAtTheSocketPath() async throws {
        try await UnreachableDatabase.with { agent in
            try await agent.kill()
            #expect(FileManager.default.fileExists(atPath: agent.adminSocket))
            try await agent.start()
            #expect(try await agent.terminate() == 0)
            try agent.folder.write("admin.sock", "precious")
            let ended = try await agent.launch()
            #expect(try await ended.wait() == 73)
            #expect(try agent.folder.read("admin.sock") == "precious")
            try FileManager.default.removeItem(atPath: agent.adminSocket)
        }
    }

    /// If the state directory cannot be written, reads are served and mutations are refused until it can.
    @Test func unusableStateDirectory() async throws {
        try await ProjectFixture.with(starts: false) { fixture in
            let agent = fixture.agent
            // A file in place of the folder stops root as well.
            try agent.folder.write("state", "")
            try await agent.start()
            let connection = try await FrameConnection.open(agent.adminSocket)
            #expect(connection.hello.state == .degraded)
            #expect(try await agent.diagnose().verdict == .empty)
            let status = try await agent.call(Status.self, .init())
            #expect(status.state == .degraded)
            let error = try await agent.refusal(Migrate.self, .init())
            #expect(error.code == .degraded)
            #expect(error.retryable)
            #expect(try await fixture.steps().isEmpty)
            #expect(try await agent.adminctl("migrate").status == 69)
            try FileManager.default.removeItem(atPath: agent.stateDirectory)
            try await eventually("the agent has opened its journal", deadline: .seconds(30)) {
                try await agent.call(Status.self, .init()).state == .ready
            }
            #expect(try await agent.call(Migrate.self, .init()).applied == [SmallProject.base])
        }
    }

    /// Sockets that a service manager passes are served, and not removed at shutdown (sd_listen_fds(3)).
    @Test func socketActivation() async throws {
        try await UnreachableDatabase.with(starts: false) { agent in
            let folder = agent.folder
            let arguments = try Self.activation(folder, names: "admin:query")
            try await BackgroundProgram.with(TestPython.interpreter, arguments) { program in
                let (admin, query) = (folder.path("given-admin.sock"), folder.path("given-query.sock"))
                try await eventually("the agent sends its hello") {
                    guard program.status == nil else { throw SupportError(program.standardError) }
                    return (try? await FrameConnection.open(admin)) != nil
                }
                #expect(try await agent.call(Status.self, .init(), socket: admin).state == .ready)
                #expect(try await agent.call(Status.self, .init(), key: nil, socket: query).state == .ready)
                #expect(try await agent.refusal(Status.self, .init(), key: nil, socket: admin).code == .unauthenticated)
                #expect(!FileManager.default.fileExists(atPath: agent.adminSocket))
                program.signal(SIGTERM)
                #expect(try await program.wait() == 0)
                #expect(FileManager.default.fileExists(atPath: admin))
            }
        }
    }

    /// The arguments of a Python program that passes two sockets to the agent, as a service manager does.
    private static func activation(_ folder: TemporaryFolder, names: String) throws -> [String] {
        let script = """
            import os, socket, sys
            folder, names, program, config = sys.argv[1:]
            sockets = []
            for name in names.split(":"):
                made = socket.socket(socket.AF_UNIX)
                made.bind(f"{folder}/given-{name}.sock")
                made.listen(16)
                sockets.append(made.detach())
            high = [os.dup2(fd, 20 + at) for at, fd in enumerate(sockets)]
            for at, fd in enumerate(high):
                os.dup2(fd, 3 + at, inheritable=True)
            os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(sockets)), LISTEN_FDNAMES=names)
            os.execv(program, [program, "serve", "--config", config])
            """
        return ["-c", script, folder.path, names, try Products.path("schemad"), folder.path("schemad.toml")]
    }

    /// A socket without a known name is not served: of all names, only one makes a token unnecessary.
    @Test(arguments: ["admin:web", "schemad.socket", "web"]) func socketsWithoutARole(_ names: String) async throws {
        try await UnreachableDatabase.with(starts: false) { agent in
            let outcome = try await Program.run(
                TestPython.interpreter, try Self.activation(agent.folder, names: names))
            #expect(outcome.status == 78)
            #expect(outcome.standardError.contains("FileDescriptorName=admin"))
            #expect(!FileManager.default.fileExists(atPath: agent.adminSocket))
        }
    }

    /// Of two agents that start at the same time, one serves the socket and the other one does not touch it.
    @Test func twoAgentsAtOnce() async throws {
        try await UnreachableDatabase.with(starts: false) { agent in
            let folder = agent.folder
            let text = try folder.read("schemad.toml")
            try folder.write("other.toml", text.replacing("\"state\"", with: "\"other-state\""))
            let schemad = try Products.path("schemad")
            for round in 1...15 {
                // From the second round on, the files of killed agents are there.
                let both = try await withThrowingTaskGroup(of: BackgroundProgram.self) { group in
                    for name in ["schemad.toml", "other.toml"] {
                        group.addTask {
                            try await BackgroundProgram(schemad, ["serve", "--config", folder.path(name)])
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                try await eventually("one of the agents has ended") { both.contains { $0.status != nil } }
                let refused = try #require(both.first { $0.status != nil })
                let served = try #require(both.first { $0 !== refused })
                #expect(refused.status == 69, "round \(round): \(refused.standardError)")
                #expect(refused.standardError.contains("another agent is listening here"), "round \(round)")
                try await eventually("the other agent is ready") {
                    guard served.status == nil else { throw SupportError(served.standardError) }
                    return (try? await FrameConnection.open(agent.adminSocket)) != nil
                }
                #expect(try await agent.call(Status.self, .init(), key: nil, socket: agent.querySocket).state == .ready)
                try await served.kill()
            }
        }
    }
}
