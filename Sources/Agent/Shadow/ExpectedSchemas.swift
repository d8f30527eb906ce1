import FoundationEssentials
import Settings

/// What one database's project is expected to make: from a snapshot that was shipped, from the state directory, or made
/// in the background when the project has changed.
actor ExpectedSchemas {
    enum State: Sendable {
        case ready(ExpectedSchema)
        /// It is being made; whoever asks goes on without it.
        case making
        /// One clause that completes "because …".
        case missing(String)
        /// It could not be made for want of a shadow.
        case failed(ShadowError)
    }

    /// What the expectation depends on.
    struct Key: Hashable, Sendable {
        /// Names the scripts.
        var contentHash: String
        /// Names the scripts and all files that env.py loaded.
        var full: String
    }

    /// A failure is believed so long: a server that cannot be started now can hardly be started in a second.
    private static let failureLifetime = Duration.seconds(300)
    /// What is not the shadow's fault may be over at once, such as a restart of the database.
    private static let otherFailureLifetime = Duration.seconds(5)
    /// A history of hundreds of revisions is some megabytes.
    private static let sizeLimit = 1 << 30

    private let snapshot: String?
    private let compare: Set<DatabaseSettings.Extra>
    private let cache: String
    private var known: ExpectedSchema?
    private var shipped: (stamp: FileStamp?, content: Result<ExpectedSchema, ShadowError>)?
    private var making: (key: Key, task: Task<Void, Never>)?
    private var failure: (key: Key, error: any Error, at: ContinuousClock.Instant)?
    private var hasReadCache = false

    /// - Parameters:
    ///   - snapshot: the file of the settings.
    ///   - compare: what is compared besides what always is.
    ///   - cache: the file in the state directory.
    init(snapshot: String?, compare: Set<DatabaseSettings.Extra>, cache: String) {
        self.snapshot = snapshot
        self.compare = compare
        self.cache = cache
    }

    /// What is known of a project; never waits.
    ///
    /// - Parameter make: starts in the background when nothing is known.
    func current(_ key: Key, make: @escaping @Sendable () async throws -> ExpectedSchema) -> State {
        if let snapshot {
            switch shippedSnapshot(snapshot) {
            case .success(let expected) where expected.contentHash == key.contentHash: return .ready(expected)
            case .success: return .missing("the snapshot \(snapshot) is of other scripts: make it anew")
            case .failure(let error): return .missing("\(error)")
            }
        }
        if !hasReadCache {
            hasReadCache = true
            known = try? Self.read(cache)
            FreedMemory.giveBack()
        }
        if let known, known.key == key.full { return .ready(known) }
        if let remembered = rememberedFailure(key) { return remembered }
        if making?.key != key {
            making?.task.cancel()
            making = (key, Task { await self.make(key, make) })
        }
        return .making
    }

    private func rememberedFailure(_ key: Key) -> State? {
        guard let failure, failure.key == key else { return nil }
        let shadowError = failure.error as? ShadowError
        let lifetime = shadowError == nil ? Self.otherFailureLifetime : Self.failureLifetime
        guard failure.at + lifetime > .now else { return nil }
        guard let shadowError, shadowError.kind != .off else { return .missing("\(failure.error)") }
        return .failed(shadowError)
    }

    /// Ends what is being made.
    func cancel() async {
        making?.task.cancel()
        await making?.task.value
        making = nil
    }

    private func make(_ key: Key, _ make: @Sendable () async throws -> ExpectedSchema) async {
        do {
            let expected = try await make()
            guard making?.key == key else { return }
            known = expected
            // Without the file the next start makes it once more; nothing else depends on it.
            if let data = try? JSONEncoder().encode(expected) { try? FileBytes.replace(cache, with: Array(data)) }
        } catch {
            guard making?.key == key else { return }
            failure = (key, error, .now)
        }
        making = nil
        FreedMemory.giveBack()
    }

    private func shippedSnapshot(_ path: String) -> Result<ExpectedSchema, ShadowError> {
        let stamp = FileStamp(path: path)
        if let shipped, shipped.stamp == stamp { return shipped.content }
        let content: Result<ExpectedSchema, ShadowError>
        do throws(ShadowError) { content = .success(try Self.read(path).limited(to: compare)) } catch {
            content = .failure(error)
        }
        shipped = (stamp, content)
        FreedMemory.giveBack()
        return content
    }

    static func read(_ path: String) throws(ShadowError) -> ExpectedSchema {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(path, limit: sizeLimit)
        } catch {
            throw ShadowError("the snapshot \(path) cannot be read: \(error.reason)")
        }
        guard let expected = try? JSONDecoder().decode(ExpectedSchema.self, from: Data(bytes)),
            expected.format == ExpectedSchema.currentFormat
        else { throw ShadowError("\(path) is no snapshot of this version: make it anew with schemad snapshot") }
        return expected
    }
}
