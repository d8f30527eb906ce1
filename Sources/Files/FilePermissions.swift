import Glibc

/// The owner, the group and the permission bits of a file.
package struct FilePermissions: Sendable {
    package var owner: UInt32
    package var group: UInt32
    /// As for chmod(2), with the file's kind.
    package var mode: UInt32

    /// Of the file at `path`, links followed; nil when there is none.
    package init?(path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        (owner, group, mode) = (status.st_uid, status.st_gid, status.st_mode)
    }
}
