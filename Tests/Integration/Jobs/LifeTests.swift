import Diagnosis
import FoundationEssentials
import Glibc
import Support
import Testing
import Wire

/// Start and end of an agent.
@Suite struct LifeTests {
    @Test func theEndWaitsForTheMigration() async throws {
        try await Workshop.with(
            arrange: { settings, project in
                settings.database = [Barrier.setting]
                try project.revisions(2) { $0 == 1 ? Barrier.python : "pass" }
            }
        ) { workshop in
            let agent = workshop.agent
            try await Barrier.with(workshop.database) { barrier in
                let job = try #require(try await agent.call(Migrate.self, .init(wait: false)).job)
                try await barrier.reached()
                agent.process?.signal(SIGTERM)
                // Who asks meanwhile learns that the agent is ending; reads are served to the last.
                try await eventually("the agent is draining") {
                    try await AgentLink.open(agent.adminSocket).hello.state == .draining
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
                #expect(try await workshop.steps().count == 3)
                try await agent.start()
                #expect(try await agent.settled(job).state == .succeeded)
            }
        }
    }

    @Test(arguments: [SIGTERM, SIGINT]) func anIdleAgentEndsAtOnce(_ signal: Int32) async throws {
        try await Dark.with { agent in
            let link = try await AgentLink.open(agent.adminSocket)
            agent.process?.signal(signal)
            #expect(try await agent.process?.wait(deadline: .seconds(10)) == 0)
            #expect(try await link.frame() == nil)
            #expect(!FileManager.default.fileExists(atPath: agent.adminSocket))
        }
    }

    /// One state directory, one agent: the second must not touch the journal of the living one.
    @Test func aSecondAgentOnOneStateDirectory() async throws {
        try await Dark.with { agent in
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

    /// A socket that a killed agent has left is replaced; a file that is no socket is not.
    @Test func whatLiesInThePlaceOfTheSocket() async throws {
        try await Dark.with { agent in
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

    /// Durable state that cannot be written: reads are served, mutations are refused.
    @Test func aBrokenStateDirectory() async throws {
        try await Workshop.with(starts: false) { workshop in
            let agent = workshop.agent
            // A file in the place of the folder is in the way of root too.
            try agent.folder.write("state", "")
            try await agent.start()
            let link = try await AgentLink.open(agent.adminSocket)
            #expect(link.hello.state == .degraded)
            #expect(try await agent.diagnose().verdict == .empty)
            let status = try await agent.call(Status.self, .init())
            #expect(status.state == .degraded)
            let error = try await agent.refusal(Migrate.self, .init())
            #expect(error.code == .degraded)
            #expect(error.retryable)
            #expect(try await workshop.steps().isEmpty)
            #expect(try await agent.adminctl("migrate").status == 69)
        }
    }

    /// Sockets that a service manager has bound are served and left alone (sd_listen_fds(3)).
    @Test func socketActivation() async throws {
        try await Dark.with(starts: false) { agent in
            let script = """
                import os, socket, sys
                folder, program, config = sys.argv[1:]
                sockets = []
                for name in ("admin", "query"):
                    made = socket.socket(socket.AF_UNIX)
                    made.bind(f"{folder}/given-{name}.sock")
                    made.listen(16)
                    sockets.append(made.detach())
                high = [os.dup2(fd, 20 + at) for at, fd in enumerate(sockets)]
                for at, fd in enumerate(high):
                    os.dup2(fd, 3 + at, inheritable=True)
                os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2", LISTEN_FDNAMES="admin:query")
                os.execv(program, [program, "serve", "--config", config])
                """
            let folder = agent.folder
            let arguments = ["-c", script, folder.path, try Products.path("schemad"), folder.path("schemad.toml")]
            try await BackgroundProgram.with(TestPython.interpreter, arguments) { program in
                let (admin, query) = (folder.path("given-admin.sock"), folder.path("given-query.sock"))
                try await eventually("the agent greets") {
                    guard program.status == nil else { throw SupportError(program.standardError) }
                    return (try? await AgentLink.open(admin)) != nil
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
}
