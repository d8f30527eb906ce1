import Alembic
import Files
import Support
import Synchronization
import Testing

@testable import Inspection

/// Results of the project's Python are reused while nothing that it read has changed.
@Suite struct CachedRunnerQueryTests {
    private static func settings(_ folder: TemporaryFolder) -> DatabaseSettings {
        DatabaseSettings(name: "main", project: folder.path, config: "alembic.ini", section: "alembic", python: nil)
    }

    private static func description(_ files: [String]) throws(AlembicError) -> ProjectDescription {
        var description = try InspectionFixture.description.get()
        description.files = files
        return description
    }

    /// A file whose times are old enough for a result to be cached.
    private static func settledFile(_ folder: TemporaryFolder, _ text: String) async throws -> String {
        let path = try folder.write("env.py", text)
        // The clock that stamps files is coarse: a result is cached only when the run began clearly after the change.
        try await eventually("the file is old enough") {
            FileStamp(path: path)?.isAtRest(at: FileStamp.now) ?? false
        }
        return path
    }

    @Test func aResultIsReusedUntilAFileChanges() async throws {
        try await TemporaryFolder.with { folder in
            let file = try await Self.settledFile(folder, "one")
            let query = CachedRunnerQuery<ProjectDescription>(live: Self.settings(folder), stateDirectory: nil)
            #expect(await query.known(retries: false) == nil)
            #expect(await query.digest == nil)
            let result = await query.run { () throws(AlembicError) in try Self.description([file]) }
            #expect(await query.known(retries: false) == result)
            let digest = await query.digest
            #expect(digest != nil)
            try folder.write("env.py", "two!")
            #expect(await query.known(retries: false) == nil)
            // The same content again: the digest is the old one.
            try folder.write("env.py", "one")
            #expect(await query.known(retries: false) == result)
            #expect(await query.digest == digest)
        }
    }

    @Test func aRestartReusesTheResult() async throws {
        try await TemporaryFolder.with { folder in
            let file = try await Self.settledFile(folder, "one")
            let settings = Self.settings(folder)
            let first = CachedRunnerQuery<ProjectDescription>(live: settings, stateDirectory: folder.path)
            let result = await first.run { () throws(AlembicError) in try Self.description([file]) }
            let second = CachedRunnerQuery<ProjectDescription>(live: settings, stateDirectory: folder.path)
            #expect(await second.known(retries: false) == result)
            var other = settings
            other.environment = ["DATABASE_URL": "elsewhere"]
            let third = CachedRunnerQuery<ProjectDescription>(live: other, stateDirectory: folder.path)
            #expect(await third.known(retries: false) == nil, "other variables may give another result")
        }
    }

    /// A file that changed while Python ran: the result may rest on its older bytes.
    @Test func aResultOfAChangingProjectIsNotCached() async throws {
        try await TemporaryFolder.with { folder in
            let file = try folder.write("env.py", "one")
            let query = CachedRunnerQuery<ProjectDescription>(live: Self.settings(folder), stateDirectory: nil)
            _ = await query.run { () throws(AlembicError) in try Self.description([file]) }
            #expect(await query.known(retries: false) == nil)
        }
    }

    @Test func aFailureIsReusedForAMoment() async throws {
        try await TemporaryFolder.with { folder in
            let query = CachedRunnerQuery<ProjectDescription>(live: Self.settings(folder), stateDirectory: nil)
            let failure = AlembicError(.environmentFailed, "NameError")
            let result = await query.run { () throws(AlembicError) in throw failure }
            #expect(result == .failure(failure))
            #expect(await query.known(retries: false) == .failure(failure))
            #expect(await query.known(retries: true) == nil)
        }
    }

    @Test func callersShareARun() async throws {
        try await TemporaryFolder.with { folder in
            let query = CachedRunnerQuery<ProjectDescription>(live: Self.settings(folder), stateDirectory: nil)
            let runs = Mutex(0)
            let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
            let describe = { @Sendable () async throws(AlembicError) -> ProjectDescription in
                runs.withLock { $0 += 1 }
                for await _ in stream {}
                return try Self.description([])
            }
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { _ = await query.run(describe) } }
                try? await eventually("Python runs") { await query.isRunning }
                continuation.finish()
            }
            // Callers that come after the end of a run start another; those that come during one share it.
            #expect((1..<20).contains(runs.withLock(\.self)))
            #expect(await !query.isRunning)
        }
    }
}
