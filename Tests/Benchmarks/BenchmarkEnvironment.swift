import Glibc
import Subprocess
import Support
import SystemPackage

/// A project with a database at its head, and the settings and key of an agent for it.
struct BenchmarkEnvironment {
    private let folder: TemporaryFolder
    private let name: String
    private let project: String
    let database: (url: String, name: String)
    private let programs: (schemad: String, adminctl: String)

    static let audience = "benchmarks"
    var socket: String { folder.path("\(name).sock") }
    private var settings: String { folder.path("\(name).toml") }
    var key: String { folder.path("\(name).key") }
    // Errors are printed on this program's standard error.
    private var serve: [String] { ["serve", "--config", settings, "--log-level", "error"] }

    /// The example project.
    static func prospects(in folder: TemporaryFolder) async throws -> BenchmarkEnvironment {
        // A copy in which Python can write its bytecode, without which Alembic would be slower.
        let project = try folder.copy("deploy/examples/prospects", as: "prospects")
        let environment = try await BenchmarkEnvironment(in: folder, "prospects", project)
        try await environment.command(TestPython.interpreter, ["break.py", "healthy"]).run()
        return environment
    }

    /// A project with many tables.
    static func tables(_ count: Int, in folder: TemporaryFolder) async throws -> BenchmarkEnvironment {
        let project = try TableProject(tables: count, in: folder, "tables\(count)")
        let environment = try await BenchmarkEnvironment(in: folder, "tables\(count)", project.path)
        try await environment.alembic("upgrade", "heads").run()
        return environment
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

    /// Starts an agent that ends with this process at the latest, and waits until it responds.
    func startAgent() async throws -> BackgroundProgram {
        let agent = try await BackgroundProgram(programs.schemad, serve)
        try await eventually("schemad responds") {
            guard agent.status == nil else { throw SupportError("schemad ended: \(agent.standardError)") }
            return (try? await adminctl("status").run()) != nil
        }
        return agent
    }

    /// Waits until the agent has replayed the migrations, so that the normal operation is measured.
    func waitForReplay() async throws {
        try await eventually("the migrations are replayed", deadline: .seconds(1_200), every: .milliseconds(200)) {
            let diagnosis = try await Program.run(
                programs.adminctl, ["--json", "diagnose", "--fresh"],
                environment: ["ADMINCTL_SOCKET": socket, "ADMINCTL_KEY_FILE": key])
            return diagnosis.standardOutput.contains(#""migrations":true"#)
        }
    }

    /// The time from before the spawn until a client has received a hello with the state `ready`.
    func timeUntilReady() async throws -> Duration {
        let begin = ContinuousClock.now
        let result = try await Subprocess.run(
            .path(FilePath(programs.schemad)), arguments: Arguments(serve), input: .none, output: .discarded,
            error: .currentStandardError
        ) { execution in
            let time: Result<Duration, any Error>
            do {
                try await eventually("schemad sends its hello", every: .microseconds(200)) {
                    ReadyHello.isSent(by: socket)
                }
                time = .success(ContinuousClock.now - begin)
            } catch {
                time = .failure(error)
            }
            try? execution.send(signal: .terminate)
            return time
        }
        guard case .exited(0) = result.terminationStatus else {
            throw SupportError("schemad did not end with status 0 after SIGTERM: \(result.terminationStatus)")
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

/// The first frame that the agent sends on a connection.
private enum ReadyHello {
    /// Connects, and waits for the hello if an agent listens.
    static func isSent(by path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard SocketAddress.connect(descriptor, to: path) else { return false }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 && String(decoding: bytes.prefix(count), as: UTF8.self).contains(#""state":"ready""#)
    }
}
