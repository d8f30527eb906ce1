import Inspection
import Jobs
import Journal
import KeyFiles
import Logging
import Support
import Synchronization
import Tokens
import Wire

@testable import Agent

/// An agent without sockets: settings, keys and journal are files in a temporary folder, its databases refuse
/// connections.
struct AgentFixture: Sendable {
    let agent: AgentState
    let dispatcher: Dispatcher
    let folder: TemporaryFolder
    private let keys: KeyRing

    /// A client's key as `adminctl key new` creates it.
    struct Key: Sendable {
        var kid: String
        var scopes: [Scope]
        /// Empty means all.
        var databases: [String] = []
    }

    static let keys = [
        Key(kid: "all", scopes: Scope.allCases), Key(kid: "reader", scopes: [.read]),
        Key(kid: "main", scopes: [.read, .migrate], databases: ["main"]),
    ]

    static let peer = Peer(uid: 1000, gid: 1000, pid: 7)

    /// - Parameters:
    ///   - hasJournal: false is an agent whose state directory cannot be used.
    ///   - extra: commands besides the agent's own.
    static func with<T>(
        databases: [String] = ["main"], hasJournal: Bool = true, extra: [any RegisteredCommand] = [],
        _ body: (AgentFixture) async throws -> T
    ) async throws -> T {
        try await TemporaryFolder.with { folder in
            let settings = try AgentSettings.read(path: try write(databases, folder))
            let keys = try settings.readKeys()
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let engine = try journal(settings, hasJournal, folder).map {
                JobEngine(journal: $0, kinds: Serve.jobKinds, logger: logger)
            }
            let agent = AgentState(
                settings: settings, gate: Gate(ring: keys, audience: settings.audience),
                databases: try settings.makeDatabases(), engine: engine, logger: logger)
            let fixture = AgentFixture(
                agent: agent, dispatcher: Dispatcher(agent: agent, commands: Serve.commands + extra), folder: folder,
                keys: keys)
            let result: Result<T, any Error>
            do { result = .success(try await body(fixture)) } catch { result = .failure(error) }
            if case .success(let engine) = engine { try await engine.journal.close() }
            return try result.get()
        }
    }

    /// Writes settings, keys and a project of the revisions a → b.
    private static func write(_ databases: [String], _ folder: TemporaryFolder) throws -> String {
        let scopes = Set(Scope.allCases.map(\.rawValue))
        let records = try keys.map { key throws(KeyFilesError) in
            try KeyFile.newRecord(
                kid: key.kid, scopes: key.scopes.map(\.rawValue), databases: key.databases, knownScopes: scopes)
        }
        try folder.write("keys.toml", records.joined(separator: "\n"))
        try folder.write("app/alembic.ini", "[alembic]\nscript_location = migrations\n")
        try folder.write("app/migrations/env.py", "raise SystemExit('must not run')")
        try folder.write("app/migrations/versions/a.py", "revision = 'a'\ndown_revision = None\n")
        try folder.write("app/migrations/versions/b.py", "revision = 'b'\ndown_revision = 'a'\n")
        // Nothing listens on port 1.
        let tables = databases.map { name in
            """
            [databases.\(name)]
            url = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"
            project = "app"

            """
        }
        return try folder.write(
            "schemad.toml",
            """
            audience = "tests"
            [keys]
            file = "keys.toml"
            [state]
            directory = "state"
            [shadow]
            enabled = false
            \(tables.joined())
            """)
    }

    private static func journal(
        _ settings: AgentSettings, _ isUsable: Bool, _ folder: TemporaryFolder
    ) throws -> Result<Journal, JournalError> {
        if !isUsable { try folder.write("state", "not a folder") }
        do throws(JournalError) {
            return .success(try Journal(directory: settings.stateDirectory, now: 1_000_000))
        } catch {
            return .failure(error)
        }
    }

    // MARK: Requests

    /// Begins a request, with a token of the key or without one.
    func begin(
        _ body: String, key: String? = "all", socket: SocketRole = .admin, peer: Peer = Self.peer
    ) -> Dispatcher.Outcome {
        dispatcher.begin(frame(body, key: key), peer: peer, socket: socket)
    }

    func frame(_ body: String, key: String? = "all") -> Frame {
        let bytes = Array(body.utf8)
        let record = keys.records.first { $0.kid == key }
        let token = record.map { Token.mint(key: $0, audience: "tests", body: bytes, now: agent.hello().time) }
        return Frame(.request, token: token ?? [], body: bytes)
    }

    /// The frames of events that a client has received so far.
    final class Received: Sendable {
        private let frames = Mutex<[[UInt8]]>([])

        func append(_ frame: [UInt8]) { frames.withLock { $0.append(frame) } }

        var events: [Event] {
            get throws { try frames.withLock(\.self).map { try Event(parsing: try AgentFixture.body($0)) } }
        }
    }

    /// The response to a request, and the events before it.
    func exchange(
        _ body: String, key: String? = "all", socket: SocketRole = .admin, received: Received = Received()
    ) async throws -> (response: Response, events: [Event]) {
        switch begin(body, key: key, socket: socket) {
        case .response(let frame): return (try Self.response(frame), [])
        case .task(let task):
            let frame = await task.run { received.append($0) }
            return (try Self.response(frame), try received.events)
        }
    }

    /// The result of a request that succeeds.
    func result<C: Command>(
        of command: C.Type, _ body: String, key: String? = "all", socket: SocketRole = .admin
    ) async throws -> C.Result {
        try await exchange(body, key: key, socket: socket).response.result(of: command)
    }

    /// The error of a request that fails.
    func error(_ body: String, key: String? = "all", socket: SocketRole = .admin) async throws -> WireError {
        guard case .failure(let error) = try await exchange(body, key: key, socket: socket).response.outcome else {
            throw SupportError("The request succeeded.")
        }
        return error
    }

    static func response(_ frame: ResponseFrame) throws -> Response { try Response(parsing: try body(frame.bytes)) }

    /// The body of exactly one frame, as a client reads it.
    static func body(_ bytes: [UInt8]) throws -> [UInt8] {
        var decoder = FrameDecoder(reader: .client)
        decoder.append(bytes)
        guard let frame = try decoder.next(), decoder.pendingBytes == 0 else {
            throw SupportError("There is not exactly one frame.")
        }
        return frame.body
    }

    // MARK: Jobs

    var journal: Journal {
        get throws { try agent.jobs().journal }
    }

    /// A recorded job in no queue, its events open.
    func admit(
        _ database: String = "main", principal: String = "reader", command: String = "migrate"
    ) async throws -> Job {
        let request = JobRequest(
            command: command, database: database, principal: principal, params: "{}", deadline: .max / 2)
        guard case .admitted(let job) = try await journal.admit(request, claim: nil, at: 2_000_000) else {
            throw SupportError("The job was not admitted.")
        }
        try agent.jobs().events.open(job.id)
        return job
    }

    /// Ends a job, with a result or with an error.
    func finish(_ job: String, result: String? = nil, error: String? = nil) async throws {
        try await journal.finish(
            job, as: error == nil ? .succeeded : .failed, result: result, error: error, at: 4_000_000)
        try agent.jobs().events.close(job)
    }

    /// Makes a diagnosis the last one of a database.
    func remember(_ diagnosis: DatabaseDiagnosis, of database: String = "main") async {
        guard let served = agent.databases.first(where: { $0.name == database }) else { return }
        _ = await served.inspected.monitor.diagnose(maximumAge: .zero) { _, _ in (diagnosis, isCurrent: true) }
    }
}
