import Glibc

/// Identifies one state of a file without reading its content.
package struct FileStamp: Hashable, Sendable {
    private var device: UInt64
    private var inode: UInt64
    private var size: Int64
    private var modified: Int64
    /// When content or metadata last changed, in Unix nanoseconds. Programs cannot set it, so it also changes when a tool
    /// restores the modification time.
    package var changed: Int64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
    }

    /// Of the file at `path`, links followed; nil when there is none.
    package init?(path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Unix nanoseconds by the clock that stamps files.
    package static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// File times advance in steps of up to 10 ms (the kernel's tick); a second write within one step leaves no trace.
    private static let settlingTime: Int64 = 100_000_000

    /// Whether any write after `time` (Unix nanoseconds) changes the stamp.
    package func isAtRest(at time: Int64) -> Bool {
        time - changed > Self.settlingTime
    }
}
