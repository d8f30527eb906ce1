import Support
import Testing
import Wire

/// Secrets that the project's code prints or raises must not appear in any output.
@Suite struct SecretLeakTests {
    private static let secret = "tr0ub4dor-and-3"

    @Test(arguments: ["describe", "migrate"]) func envPrintsItsSecret(_ mode: String) async throws {
        let leak =
            "print(os.environ['TOKEN'], os.environ['DATABASE_URL']); "
            + "print(os.environ['TOKEN'], file=sys.stderr, flush=True)"
        let raise = "raise RuntimeError('cannot use ' + os.environ['TOKEN'])"
        let environment = SmallProject.environment(start: mode == "describe" ? "\(leak); \(raise)" : leak)
        try await ProjectFixture.with(
            environment: environment,
            arrange: { settings, project in
                settings.environment?["TOKEN"] = Self.secret
                try project.revision(SmallProject.base, down: nil, "import os, sys\n\(leak)\n\(raise)")
            }
        ) { fixture in
            let agent = fixture.agent
            var outcomes = [
                try await agent.adminctl("diagnose", "--fresh"), try await agent.adminctl("--json", "diagnose"),
                try await agent.adminctl("migrate"), try await agent.adminctl("--json", "migrate"),
                try await agent.adminctl("--json", "jobs"),
            ]
            #expect(outcomes[2].status == (mode == "describe" ? 78 : 1))
            let job = try #require(try await agent.call(Jobs.self, .init()).jobs.first)
            outcomes.append(try await agent.adminctl("--json", "watch", job.id))
            outcomes.append(try await agent.adminctl("watch", job.id))
            for outcome in outcomes {
                #expect(!outcome.standardOutput.contains(Self.secret))
                #expect(!outcome.standardError.contains(Self.secret))
            }
            // The message is reported, with the variable's name in place of its value.
            #expect(outcomes[2].standardError.contains("cannot use ${TOKEN}"))
            try await agent.kill()
            #expect(!agent.log.contains(Self.secret))
            #expect(!(try StateFiles.contain(Self.secret, in: agent)))
        }
    }

    /// Other processes of the user can read the environment of a process, and all users can read its arguments.
    @Test func secretsAreNotInArgumentsOrEnvironment() async throws {
        try await ProjectFixture.with(arrange: { settings, project in
            settings.environment?["TOKEN"] = Self.secret
            settings.database = [Barrier.setting]
            // The project's own code has the secret.
            try project.revision(
                "b00000000001", down: SmallProject.base,
                "import os\nassert os.environ['TOKEN'] == '\(Self.secret)'\n\(Barrier.python)")
        }) { fixture in
            try await Barrier.with(fixture.database) { barrier in
                let job = try await fixture.agent.call(Migrate.self, .init(wait: false)).job
                try await barrier.reached()
                let agent = try #require(fixture.agent.process).processIdentifier
                let children = Processes.children(of: agent)
                #expect(children.count == 1)
                for process in children + [agent] {
                    let text = Processes.visibleText(of: process)
                    #expect(!text.isEmpty)
                    #expect(!text.contains(Self.secret))
                    #expect(!text.contains("postgresql"))
                }
                await barrier.open()
                let entry = try await fixture.agent.finishedJob(job)
                #expect(entry.state == .succeeded, "\(String(describing: entry.error))")
            }
        }
    }
}
