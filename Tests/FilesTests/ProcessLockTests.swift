import Files
import Glibc
import Support
import Testing

/// Locks between processes. Two locks of one process exclude each other as those of two processes do.
@Suite struct ProcessLockTests {
    @Test func onlyOneHolds() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path("lock")
            let first = try #require(try ProcessLock.take(path))
            #expect(try ProcessLock.take(path) == nil)
            first.remove()
            #expect(FileIdentity(path: path) == nil)
            let second = try #require(try ProcessLock.take(path))
            // The first is released already: this does not remove the file of the second.
            first.remove()
            #expect(FileIdentity(path: path) != nil)
            #expect(try ProcessLock.take(path) == nil)
            second.remove()
        }
    }

    /// A process that ends without removing its file leaves no lock.
    @Test func aFileThatWasLeft() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path("lock")
            do { _ = try #require(try ProcessLock.take(path)) }
            #expect(FileIdentity(path: path) != nil)
            let lock = try #require(try ProcessLock.take(path))
            #expect(try ProcessLock.take(path) == nil)
            lock.remove()
        }
    }

    @Test func filesThatCannotBeLocked() async throws {
        try await TemporaryFolder.with { folder in
            try #require(symlink("target", folder.path("link")) == 0)
            for name in ["link", "missing/lock"] {
                #expect(throws: FilesError.self) { try ProcessLock.take(folder.path(name)) }
            }
            #expect(FileIdentity(path: folder.path("target")) == nil)
        }
    }

    /// Many threads take and remove the lock; at no time do two hold it.
    @Test func neverTwoAtOnce() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path("lock")
            let taken = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var taken = 0
                        for _ in 0..<300 {
                            guard let lock = try? ProcessLock.take(path) else { continue }
                            // Whoever holds the lock is alone with this file.
                            let alone = open(folder.path("alone"), O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
                            #expect(alone >= 0)
                            close(alone)
                            unlink(folder.path("alone"))
                            lock.remove()
                            taken += 1
                        }
                        return taken
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(taken > 0)
        }
    }
}
