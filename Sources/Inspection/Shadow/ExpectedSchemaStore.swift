import Files
import FoundationEssentials
import Runtime
import Synchronization

/// How far a replay of the migrations is.
package struct ReplayProgress: Codable, Hashable, Sendable {
    /// The number of the revision that runs, from 1.
    package var revision: Int
    package var total: Int

    package init(revision: Int, total: Int) {
        self.revision = revision
        self.total = total
    }
}

/// The expected schema of a project: from a snapshot file, from the state directory, or built in the background when
/// the project has changed.
actor ExpectedSchemaStore {
    enum State: Sendable {
        case ready(ExpectedSchema)
        /// It is being built; callers continue without it, or with that of the project as it was before.
        case building(ReplayProgress? = nil, previous: ExpectedSchema? = nil)
        /// A clause without a full stop.
        case missing(String)
        /// There is no shadow in which it could be built.
        case failed(InspectionError)
    }

    /// What the expected schema depends on.
    struct Key: Hashable, Sendable {
        /// Identifies the scripts.
        var contentHash: String
        /// Identifies the scripts and all files that env.py loaded.
        var full: String
    }

    /// How long a failure of the shadow is cached: a server that cannot start now is unlikely to start a second later.
    private static let failureLifetime = Duration.seconds(300)
    /// Other failures, such as a restart of the database, may be over soon.
    private static let otherFailureLifetime = Duration.seconds(5)
    /// A history of hundreds of revisions is some megabytes.
    private static let sizeLimit = 1 << 30

    private let snapshot: String?
    private let compare: Set<DatabaseSettings.OptionalComparison>
    private let cache: String
    private var known: ExpectedSchema?
    private var snapshotContent: (stamp: FileStamp?, content: Result<ExpectedSchema, InspectionError>)?
    /// The number tells one build from a later one for the same key.
    private var building: (number: Int, key: Key, task: Task<Void, Never>)?
    private var lastBuild = 0
    private var failure: (key: Key, error: any Error, at: ContinuousClock.Instant)?
    private var hasReadCache = false
    private let progress = Mutex<ReplayProgress?>(nil)

    /// - Parameters:
    ///   - snapshot: the snapshot file in the settings; nil when there is none.
    ///   - compare: what is compared in addition to what always is.
    ///   - cache: the file in the state directory.
    init(snapshot: String?, compare: Set<DatabaseSettings.OptionalComparison>, cache: String) {
        self.snapshot = snapshot
        self.compare = compare
        self.cache = cache
    }

    /// What is known now; never waits.
    ///
    /// - Parameter build: starts in the background when nothing is known.
    func current(_ key: Key, build: @escaping @Sendable () async throws -> ExpectedSchema) -> State {
        if let snapshot {
            switch read(snapshot: snapshot) {
            case .success(let expected) where expected.contentHash == key.contentHash: return .ready(expected)
            case .success: return .missing("the snapshot \(snapshot) was made from other scripts: create it again")
            case .failure(let error): return .missing("\(error)")
            }
        }
        if !hasReadCache {
            hasReadCache = true
            known = try? Self.read(cache)
            // After a restart, the limit or the shadow may be others.
            if known?.mayImprove == true { known = nil }
            FreedMemory.giveBack()
        }
        if let known, known.key == key.full { return .ready(known) }
        if let failure = cachedFailure(key) { return failure }
        if building?.key != key {
            building?.task.cancel()
            progress.withLock { $0 = nil }
            lastBuild += 1
            building = (lastBuild, key, Task { [lastBuild] in await self.build(lastBuild, key, build) })
        }
        return .building(replay, previous: known)
    }

    /// Whether a build is under way.
    var isBuilding: Bool { building != nil }

    /// Forgets a schema that would be another one today.
    func discard(_ isOutdated: (ExpectedSchema) -> Bool) {
        if let last = known, isOutdated(last) { known = nil }
    }

    /// How far the replay is; nil while none runs.
    nonisolated var replay: ReplayProgress? { progress.withLock(\.self) }

    /// Records how far it is, from the task that builds the schema.
    nonisolated func note(_ now: ReplayProgress) { progress.withLock { $0 = now } }

    private func cachedFailure(_ key: Key) -> State? {
        guard let failure, failure.key == key else { return nil }
        let shadowError = (failure.error as? InspectionError).flatMap { $0.code.isAboutShadow ? $0 : nil }
        let lifetime = shadowError == nil ? Self.otherFailureLifetime : Self.failureLifetime
        guard failure.at + lifetime > .now else { return nil }
        guard let shadowError, shadowError.code != .shadowOff else { return .missing("\(failure.error)") }
        return .failed(shadowError)
    }

    /// Ends a build in the background.
    func cancel() async {
        let last = building
        building = nil
        last?.task.cancel()
        await last?.task.value
    }

    private func build(_ number: Int, _ key: Key, _ build: @Sendable () async throws -> ExpectedSchema) async {
        do {
            let expected = try await build()
            guard building?.number == number else { return }
            known = expected
            // Without the file the next start builds it again; nothing else depends on it.
            if let data = try? JSONEncoder().encode(expected) { try? FileSystem.replace(cache, with: Array(data)) }
        } catch {
            guard building?.number == number else { return }
            failure = (key, error, .now)
        }
        building = nil
        progress.withLock { $0 = nil }
        FreedMemory.giveBack()
    }

    private func read(snapshot path: String) -> Result<ExpectedSchema, InspectionError> {
        let stamp = FileStamp(path: path)
        if let snapshotContent, snapshotContent.stamp == stamp { return snapshotContent.content }
        let content: Result<ExpectedSchema, InspectionError>
        do throws(InspectionError) { content = .success(try Self.read(path).limited(to: compare)) } catch {
            content = .failure(error)
        }
        snapshotContent = (stamp, content)
        FreedMemory.giveBack()
        return content
    }

    static func read(_ path: String) throws(InspectionError) -> ExpectedSchema {
        let bytes: [UInt8]
        do {
            bytes = try FileSystem.read(path, limit: sizeLimit)
        } catch {
            throw InspectionError(.invalidSettings, "the snapshot \(path) cannot be read: \(error)")
        }
        guard let expected = try? JSONDecoder().decode(ExpectedSchema.self, from: Data(bytes)),
            expected.format == ExpectedSchema.currentFormat
        else {
            throw InspectionError(
                .invalidSettings, "\(path) is not a snapshot of this version: create it again with schemad snapshot")
        }
        return expected
    }
}

extension InspectionError.Code {
    fileprivate var isAboutShadow: Bool {
        switch self {
        case .shadowOff, .shadowNotInstalled, .shadowFailed, .shadowNotListening: true
        default: false
        }
    }
}
