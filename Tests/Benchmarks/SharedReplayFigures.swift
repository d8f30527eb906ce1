import Glibc
import Postgres
import Support

/// The time until all databases of one project are compared with its migrations, and of a diagnosis meanwhile.
enum SharedReplayFigures {
    private static let revisions = 300
    private static let databases = 24

    static func measure(in folder: TemporaryFolder, log: (String) -> Void) async throws -> [Figure] {
        log("Comparing 1 and \(databases) databases of a project with \(revisions) revisions …")
        let project = try RevisionProject(revisions: revisions, in: folder, "shared")
        let first = try await TestCluster.database()
        try await project.upgrade(first.url)
        var all = [first]
        for number in 1..<databases {
            let name = "\(first.name)_\(number)"
            try await TestCluster.administer("CREATE DATABASE \(name) TEMPLATE \(first.name)")
            all.append((url: await (try TestCluster.shared()).url(database: name), name: name))
        }
        // The first run is not measured: it writes Python's bytecode.
        _ = try await comparing([first], project, in: folder, "warm")
        let one = try await comparing([first], project, in: folder, "one")
        let many = try await comparing(all, project, in: folder, "many")
        for database in all { try await TestCluster.drop(database.name) }
        return [
            .times(
                "\(databases) databases of one project, compared", many.compared, "1 database", one.compared,
                atMost: 1.5),
            .duration("adminctl diagnose during a replay", median(one.diagnoses), atMost: .milliseconds(100)),
        ]
    }

    /// Runs an agent without state until it has compared all databases.
    ///
    /// - Returns: the time since before its start, and those of the diagnoses that said how far the replay was.
    private static func comparing(
        _ databases: [(url: String, name: String)], _ project: RevisionProject, in folder: TemporaryFolder,
        _ name: String
    ) async throws -> (compared: Duration, diagnoses: [Duration]) {
        let (schemad, adminctl) = (try Products.path("schemad"), try Products.path("adminctl"))
        let (socket, key) = (folder.path("\(name).sock"), folder.path("\(name).key"))
        let created = try await Program.run(adminctl, ["key", "new", "bench", "--scope", "read", "--out", key])
        guard created.status == 0 else { throw SupportError("adminctl key new: \(created.standardError)") }
        let sections = databases.map {
            """
            [databases.\($0.name)]
            url = "\($0.url)"
            project = "\(project.path)"
            python = "\(TestPython.interpreter)"
            """
        }
        let settings = try folder.write(
            "\(name).toml",
            """
            audience = "benchmarks"
            [socket]
            path = "\(socket)"
            [keys]
            file = "\(name).key"
            [state]
            directory = "\(name).state"
            \(sections.joined(separator: "\n"))
            """)
        let begin = ContinuousClock.now
        let agent = try await BackgroundProgram(schemad, ["serve", "--config", settings, "--log-level", "error"])
        var diagnoses: [Duration] = []
        for database in databases {
            try await eventually("\(database.name) is compared", deadline: .seconds(1_200), every: .milliseconds(100)) {
                guard agent.status == nil else { throw SupportError("schemad ended: \(agent.standardError)") }
                let asked = ContinuousClock.now
                let diagnosis = try await Program.run(
                    adminctl, ["--json", "--database", database.name, "diagnose", "--fresh"],
                    environment: ["ADMINCTL_SOCKET": socket, "ADMINCTL_KEY_FILE": key])
                if diagnosis.standardOutput.contains("in the background, revision ") {
                    diagnoses.append(ContinuousClock.now - asked)
                }
                return diagnosis.standardOutput.contains(#""migrations":true"#)
            }
        }
        let compared = ContinuousClock.now - begin
        agent.signal(SIGTERM)
        try await agent.wait()
        guard !diagnoses.isEmpty else { throw SupportError("no diagnosis was made during the replay") }
        return (compared, diagnoses)
    }
}
