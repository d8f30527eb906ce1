import FoundationEssentials
import Schema
import Support
import Synchronization
import Testing

@testable import Inspection

/// Builds in the background: when they start, end, and are repeated.
@Suite struct ExpectedSchemaBuildTests {
    private typealias Store = ExpectedSchemaStore

    private static let key = Store.Key(contentHash: "h", full: "k")
    private static let otherKey = Store.Key(contentHash: "h2", full: "k2")

    private static func store(_ folder: TemporaryFolder) -> Store {
        Store(snapshot: nil, compare: [], cache: folder.path("expected.json"))
    }

    private static func expected(_ key: Store.Key, madeAt: String = "now") -> ExpectedSchema {
        var expected = InspectionFixture.expected()
        expected.key = key.full
        expected.madeAt = madeAt
        return expected
    }

    private static func ready(_ state: Store.State) -> ExpectedSchema? {
        if case .ready(let expected) = state { expected } else { nil }
    }

    private static func isBuilding(_ state: Store.State) -> Bool {
        if case .building = state { true } else { false }
    }

    private static func reason(_ state: Store.State) -> String? {
        if case .missing(let reason) = state { reason } else { nil }
    }

    @Test func callersShareABuild() async throws {
        try await TemporaryFolder.with { folder in
            let store = Self.store(folder)
            let builds = Mutex(0)
            let gate = AsyncStream.makeStream(of: Void.self)
            let build: @Sendable () async throws -> ExpectedSchema = {
                builds.withLock { $0 += 1 }
                for await _ in gate.stream {}
                return Self.expected(Self.key)
            }
            for _ in 1...5 { #expect(Self.isBuilding(await store.current(Self.key, build: build))) }
            gate.continuation.finish()
            try await eventually("it is built") { Self.ready(await store.current(Self.key, build: build)) != nil }
            #expect(builds.withLock(\.self) == 1)
        }
    }

    /// What a changed project makes obsolete is cancelled, and its result is not kept.
    @Test func aChangedProjectCancelsTheBuild() async throws {
        try await TemporaryFolder.with { folder in
            let store = Self.store(folder)
            let wasCancelled = Mutex(false)
            let gate = AsyncStream.makeStream(of: Void.self)
            _ = await store.current(Self.key) {
                for await _ in gate.stream {}
                wasCancelled.withLock { $0 = Task.isCancelled }
                return Self.expected(Self.key)
            }
            try await eventually("the new schema is built") {
                Self.ready(await store.current(Self.otherKey) { Self.expected(Self.otherKey) })?.key == "k2"
            }
            try await eventually("the older build has ended") { wasCancelled.withLock(\.self) }
            let next = Self.store(folder)
            let kept = await next.current(Self.otherKey) { throw InspectionError(.shadowFailed, "built again") }
            #expect(Self.ready(kept)?.key == "k2")
            gate.continuation.finish()
        }
    }

    @Test(arguments: ["", "{", "[]", #"{"format": 1}"#])
    func aDamagedCacheIsReplaced(text: String) async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("expected.json", text)
            let store = Self.store(folder)
            try await eventually("it is built") {
                Self.ready(await store.current(Self.key) { Self.expected(Self.key) }) != nil
            }
            #expect(try Store.read(folder.path("expected.json")).key == "k")
        }
    }

    @Test func aCacheOfAnotherFormatIsNotUsed() async throws {
        try await TemporaryFolder.with { folder in
            var older = Self.expected(Self.key)
            older.format = ExpectedSchema.currentFormat + 1
            try folder.write("expected.json", String(decoding: try JSONEncoder().encode(older), as: UTF8.self))
            let store = Self.store(folder)
            #expect(Self.isBuilding(await store.current(Self.key) { Self.expected(Self.key) }))
            await store.cancel()
        }
    }

    /// The file holds one schema: that of the project that was built last.
    @Test func aCacheOfAnotherProjectIsReplaced() async throws {
        try await TemporaryFolder.with { folder in
            for key in [Self.key, Self.otherKey] {
                let store = Self.store(folder)
                #expect(Self.isBuilding(await store.current(key) { Self.expected(key) }))
                try await eventually("it is built") {
                    Self.ready(await store.current(key) { Self.expected(key) }) != nil
                }
                #expect(try Store.read(folder.path("expected.json")).key == key.full)
            }
        }
    }

    /// Without the state directory the schema is still kept in memory.
    @Test func aStateDirectoryThatDoesNotExist() async throws {
        try await TemporaryFolder.with { folder in
            let store = Store(snapshot: nil, compare: [], cache: folder.path("missing/expected.json"))
            try await eventually("it is built") {
                Self.ready(await store.current(Self.key) { Self.expected(Self.key) }) != nil
            }
        }
    }

    /// A failure that is not about the shadow, such as a restart of the database, is tried again soon.
    @Test func otherFailuresAreTriedAgain() async throws {
        try await TemporaryFolder.with { folder in
            let store = Self.store(folder)
            let builds = Mutex(0)
            let build: @Sendable () async throws -> ExpectedSchema = {
                guard
                    builds.withLock({ builds in
                        builds += 1
                        return builds > 1
                    })
                else { throw InspectionError(.databaseUnavailable, "the server is restarting") }
                return Self.expected(Self.key)
            }
            try await eventually("the failure is known") {
                Self.reason(await store.current(Self.key, build: build)) == "the server is restarting"
            }
            #expect(Self.reason(await store.current(Self.key, build: build)) != nil, "it is reused for a moment")
            #expect(builds.withLock(\.self) == 1)
            try await eventually("it is built again", every: .milliseconds(200)) {
                Self.ready(await store.current(Self.key, build: build)) != nil
            }
            #expect(builds.withLock(\.self) == 2)
        }
    }

    /// Which failures of the shadow are failures, and which are reasons.
    @Test(
        arguments: [
            (InspectionError.Code.shadowFailed, true), (.shadowNotInstalled, true), (.shadowOff, false),
            (.databaseUnavailable, false), (.invalidSettings, false),
        ])
    func failures(code: InspectionError.Code, isFailure: Bool) async throws {
        try await TemporaryFolder.with { folder in
            let store = Self.store(folder)
            var state = Store.State.building()
            try await eventually("the failure is known") {
                state = await store.current(Self.key) { throw InspectionError(code, "no disk") }
                return !Self.isBuilding(state)
            }
            if case .failed(let error) = state {
                #expect(isFailure && error.code == code)
            } else {
                #expect(!isFailure && Self.reason(state) == "no disk")
            }
        }
    }

    @Test func aFailureBelongsToItsProject() async throws {
        try await TemporaryFolder.with { folder in
            let store = Self.store(folder)
            try await eventually("the failure is known") {
                !Self.isBuilding(await store.current(Self.key) { throw InspectionError(.shadowFailed, "no disk") })
            }
            #expect(Self.isBuilding(await store.current(Self.otherKey) { Self.expected(Self.otherKey) }))
            try await eventually("the other one is built") {
                Self.ready(await store.current(Self.otherKey) { Self.expected(Self.otherKey) }) != nil
            }
        }
    }

    /// A snapshot has comments and privileges in case the settings ask for them.
    @Test(arguments: [[], [.comments]] as [Set<DatabaseSettings.OptionalComparison>])
    func aSnapshotIsLimited(compare: Set<DatabaseSettings.OptionalComparison>) async throws {
        try await TemporaryFolder.with { folder in
            var models = InspectionFixture.catalog(["a"])
            models.tables[0].comment = "people"
            let snapshot = InspectionFixture.expected(models: models)
            let path = try folder.write(
                "schema.snapshot", String(decoding: try JSONEncoder().encode(snapshot), as: UTF8.self))
            let store = Store(snapshot: path, compare: compare, cache: folder.path("expected.json"))
            let state = await store.current(Self.key) { throw InspectionError(.shadowFailed, "built") }
            let table = try #require(Self.ready(state)?.models?.tables.first)
            #expect((table.comment != nil) == compare.contains(.comments))
        }
    }
}
