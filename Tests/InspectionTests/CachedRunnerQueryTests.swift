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

    /// Each further failure of the same project is reused for longer, up to a minute.
    @Test func failuresAreReusedForLongerAndLonger() async throws {
        try await TemporaryFolder.with { folder in
            let query = CachedRunnerQuery<ProjectDescription>(live: Self.settings(folder), stateDirectory: nil)
            let failure = AlembicError(.environmentFailed, "NameError")
            for seconds in [5, 10, 20, 40, 60, 60] {
                _ = await query.run { () throws(AlembicError) in throw failure }
                let now = ContinuousClock.now
                #expect(await query.known(retries: false, at: now + .seconds(seconds - 3)) == .failure(failure))
                #expect(await query.known(retries: false, at: now + .seconds(seconds + 1)) == nil)
                #expect(await query.known(retries: true, at: now) == nil)
            }
            // This result is not cached, because the file has just changed.
            let file = try folder.write("models.txt", "x")
            _ = await query.run { () throws(AlembicError) in try Self.description([file]) }
            _ = await query.run { () throws(AlembicError) in throw failure }
            #expect(await query.known(retries: false, at: .now + .seconds(6)) == nil, "a success begins anew")
        }
    }

    /// A change of the project is tried at once; what a run itself writes is not a change.
    @Test func aFailureEndsWithAChangeOfTheProject() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("migrations/env.py", "one")
            let query = CachedRunnerQuery<ProjectDescription>(live: Self.settings(folder), stateDirectory: nil)
            let failure = AlembicError(.environmentFailed, "NameError")
            func fail() async {
                _ = await query.run { () throws(AlembicError) in
                    _ = try? folder.write("written.toml", "by the run")
                    throw failure
                }
            }
            for change in ["migrations/env.py", "app/models.py", "alembic.ini", ".env", "app/new.yaml"] {
                let now = ContinuousClock.now
                await fail()
                #expect(await query.known(retries: false, at: now) == .failure(failure))
                try folder.write(change, "changed for \(change)")
                #expect(await query.known(retries: false, at: now) == nil, "\(change)")
            }
            let now = ContinuousClock.now
            await fail()
            for other in ["run.log", ".git/config.py", "node_modules/x.json", "app/__pycache__/m.py"] {
                try folder.write(other, "x")
                #expect(await query.known(retries: false, at: now) == .failure(failure), "\(other)")
            }
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
