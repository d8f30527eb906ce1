import FoundationEssentials
import Schema
import Support
import Synchronization
import Testing

@testable import Inspection

/// Where the expected schema of a project comes from.
@Suite struct ExpectedSchemaStoreTests {
    private static let key = ExpectedSchemaStore.Key(contentHash: "h", full: "k")

    private static func store(_ folder: TemporaryFolder, snapshot: String? = nil) -> ExpectedSchemaStore {
        ExpectedSchemaStore(snapshot: snapshot, compare: [], cache: folder.path("expected.json"))
    }

    private static func history(_ state: ExpectedSchemaStore.State) -> Int? {
        if case .ready(let expected) = state { expected.history?.steps.count } else { nil }
    }

    private static func failure(_ state: ExpectedSchemaStore.State) -> InspectionError? {
        if case .failed(let error) = state { error } else { nil }
    }

    private static func reason(_ state: ExpectedSchemaStore.State) -> String? {
        if case .missing(let reason) = state { reason } else { nil }
    }

    private static func isBuilding(_ state: ExpectedSchemaStore.State) -> Bool {
        if case .building = state { true } else { false }
    }

    @Test func itIsBuiltInTheBackgroundAndKept() async throws {
        try await TemporaryFolder.with { folder in
            let store = Self.store(folder)
            let builds = Mutex(0)
            let build: @Sendable () async throws -> ExpectedSchema = {
                builds.withLock { $0 += 1 }
                return InspectionFixture.expected()
            }
            #expect(Self.isBuilding(await store.current(Self.key, build: build)))
            try await eventually("the schema is built") {
                Self.history(await store.current(Self.key, build: build)) == 3
            }
            #expect(builds.withLock(\.self) == 1)
            // The next start reads the file.
            let next = Self.store(folder)
            #expect(
                Self.history(await next.current(Self.key) { throw InspectionError(.shadowFailed, "built again") }) == 3)
        }
    }

    @Test func aChangedProjectIsBuiltAgain() async throws {
        try await TemporaryFolder.with { folder in
            let store = Self.store(folder)
            try await eventually("the schema is built") {
                Self.history(await store.current(Self.key) { InspectionFixture.expected() }) == 3
            }
            let changed = ExpectedSchemaStore.Key(contentHash: "h2", full: "k2")
            #expect(Self.isBuilding(await store.current(changed) { InspectionFixture.expected() }))
            await store.cancel()
        }
    }

    /// A failure of the shadow is reused: every diagnosis would start a server otherwise.
    @Test func failuresAreReused() async throws {
        try await TemporaryFolder.with { folder in
            let store = Self.store(folder)
            let builds = Mutex(0)
            func current(_ error: InspectionError) async -> ExpectedSchemaStore.State {
                await store.current(Self.key) {
                    builds.withLock { $0 += 1 }
                    throw error
                }
            }
            let error = InspectionError(.shadowFailed, "no disk")
            try await eventually("the failure is known") { Self.failure(await current(error))?.message == "no disk" }
            _ = await current(error)
            #expect(builds.withLock(\.self) == 1)
        }
    }

    /// Without a shadow on purpose nothing has failed.
    @Test func aDisabledShadowIsAReasonAndNoFailure() async throws {
        try await TemporaryFolder.with { folder in
            let store = Self.store(folder)
            try await eventually("the reason is known") {
                Self.reason(await store.current(Self.key) { throw InspectionError(.shadowOff, "switched off") })
                    == "switched off"
            }
        }
    }

    @Test func aSnapshotReplacesTheShadow() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path("schema.snapshot")
            let never: @Sendable () async throws -> ExpectedSchema = { throw InspectionError(.shadowFailed, "built") }
            let store = Self.store(folder, snapshot: path)
            #expect(Self.reason(await store.current(Self.key, build: never))?.contains("cannot be read") == true)
            let text = String(decoding: try JSONEncoder().encode(InspectionFixture.expected()), as: UTF8.self)
            try folder.write("schema.snapshot", text)
            #expect(Self.history(await store.current(Self.key, build: never)) == 3)
            let other = ExpectedSchemaStore.Key(contentHash: "other", full: "k")
            #expect(
                Self.reason(await store.current(other, build: never))?.contains("made from other scripts") == true)
            try folder.write("schema.snapshot", #"{"format": 1}"#)
            #expect(Self.reason(await store.current(Self.key, build: never))?.contains("not a snapshot") == true)
        }
    }

    @Test func aCancelledBuildLeavesNothing() async throws {
        try await TemporaryFolder.with { folder in
            let store = Self.store(folder)
            _ = await store.current(Self.key) {
                try await Task.sleep(for: .seconds(3600))
                return InspectionFixture.expected()
            }
            await store.cancel()
            #expect(!FileManager.default.fileExists(atPath: folder.path("expected.json")))
        }
    }

    /// A script that is changed and changed back: the cancelled first build decides nothing.
    @Test func aChangeThatIsReverted() async throws {
        try await TemporaryFolder.with { folder in
            let store = Self.store(folder)
            _ = await store.current(Self.key) {
                try await Task.sleep(for: .seconds(3600))
                return InspectionFixture.expected()
            }
            let changed = ExpectedSchemaStore.Key(contentHash: "h2", full: "k2")
            _ = await store.current(changed) { InspectionFixture.expected() }
            try await eventually("the schema is built") {
                let state = await store.current(Self.key) { InspectionFixture.expected() }
                #expect(Self.reason(state) == nil && Self.failure(state) == nil)
                return Self.history(state) == 3
            }
        }
    }
}
