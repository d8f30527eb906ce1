import Glibc
import Subprocess
import Support
import SystemPackage

/// A project with a healthy database of its own, and the settings and keys of an agent for it.
struct Stage {
    private let folder: TemporaryFolder
    private let name: String
    private let project: String
    let database: (url: String, name: String)
    private let programs: (schemad: String, adminctl: String)

    static let audience = "benchmarks"
    var socket: String { folder.path("\(name).sock") }
    private var settings: String { folder.path("\(name).toml") }
    var key: String { folder.path("\(name).key") }
    // Errors alone: they are let through to whoever runs this.
    private var serve: [String] { ["serve", "--config", settings, "--log-level", "error"] }

    /// The example.
    static func prospects(in folder: TemporaryFolder) async throws -> Stage {
        // A copy, since Python leaves its bytecode there, without which Alembic would look slower than it is.
        let project = try folder.copy("deploy/examples/prospects", as: "prospects")
        let stage = try await Stage(in: folder, "prospects", project)
        try await stage.command(TestPython.interpreter, ["break.py", "healthy"]).run()
        return stage
    }

    /// A project of many tables, at its head.
    static func tables(_ count: Int, in folder: TemporaryFolder) async throws -> Stage {
        let project = try TableProject(tables: count, in: folder, "tables\(count)")
        let stage = try await Stage(in: folder, "tables\(count)", project.path)
        try await stage.alembic("upgrade", "heads").run()
        return stage
    }

    private init(in folder: TemporaryFolder, _ name: String, _ project: String) async throws {
        self.folder = folder
        self.name = name
        self.project = project
        programs = (try Products.path("schemad"), try Products.path("adminctl"))
        database = try await TestCluster.database()
        try await command(
            programs.adminctl, ["key", "new", "bench", "--scope", "read,migrate", "--out", key]
        ).run()
        try folder.write(
            "\(name).toml",
            """
            audience = "\(Self.audience)"
            [socket]
            path = "\(socket)"
            [keys]
            file = "\(name).key"
            [state]
            directory = "\(name).state"
            [databases.main]
            url = "\(database.url)"
            project = "\(project)"
            python = "\(TestPython.interpreter)"
            """)
    }

    func end() async throws { try await TestCluster.drop(database.name) }

    /// `alembic` of the project's interpreter.
    func alembic(_ arguments: String...) -> TimedCommand {
        let folder = TestPython.interpreter.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" }
        return command("\(folder)/alembic", arguments)
    }

    func adminctl(_ arguments: String...) -> TimedCommand { command(programs.adminctl, arguments) }

    /// Starts an agent that ends with this process at the latest; returns once it answers.
    func startAgent() async throws -> BackgroundProgram {
        let agent = try await BackgroundProgram(programs.schemad, serve)
        try await eventually("schemad answers") {
            guard agent.status == nil else { throw SupportError("schemad ended: \(agent.standardError)") }
            return (try? await adminctl("status").run()) != nil
        }
        return agent
    }

    /// Waits until the agent has replayed the migrations: measured is what it does all day.
    func untilCompared() async throws {
        try await eventually("the schema is compared", deadline: .seconds(1_200), every: .milliseconds(200)) {
            let diagnosis = try await Program.run(
                programs.adminctl, ["--json", "diagnose", "--fresh"],
                environment: ["ADMINCTL_SOCKET": socket, "ADMINCTL_KEY_FILE": key])
            return diagnosis.standardOutput.contains(#""migrations":true"#)
        }
    }

    /// From before the spawn until a client that dialled has the agent's hello, which says that it is ready.
    func timeUntilReady() async throws -> Duration {
        let begin = ContinuousClock.now
        let result = try await Subprocess.run(
            .path(FilePath(programs.schemad)), arguments: Arguments(serve), input: .none, output: .discarded,
            error: .currentStandardError
        ) { execution in
            let time: Result<Duration, any Error>
            do {
                try await eventually("schemad says hello", every: .microseconds(200)) {
                    Hello.received(from: socket)
                }
                time = .success(ContinuousClock.now - begin)
            } catch {
                time = .failure(error)
            }
            try? execution.send(signal: .terminate)
            return time
        }
        guard case .exited(0) = result.terminationStatus else {
            throw SupportError("schemad did not end as told to: \(result.terminationStatus)")
        }
        return try result.closureResult.get()
    }

    private func command(_ program: String, _ arguments: [String]) -> TimedCommand {
        TimedCommand(
            program: program, arguments: arguments,
            environment: .inherit.updating([
                "DATABASE_URL": database.url, "ADMINCTL_SOCKET": socket, "ADMINCTL_KEY_FILE": key,
                "PYTHONDONTWRITEBYTECODE": nil,
            ]), folder: project)
    }
}

/// The first frame that the agent sends to whoever dials it.
private enum Hello {
    /// Dials, and waits for the hello if somebody listens.
    static func received(from path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard SocketAddress.connect(descriptor, to: path) else { return false }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 && String(decoding: bytes.prefix(count), as: UTF8.self).contains(#""state":"ready""#)
    }
}
