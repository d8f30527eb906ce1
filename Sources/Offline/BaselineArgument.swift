import Files
import Glibc

/// The file of `--baseline`.
enum BaselineArgument {
    /// Checks that the file can be read, so that a command that names the wrong one fails at once.
    static func check(_ path: String?) throws(OfflineError) {
        guard let path else { return }
        let problem: String
        do throws(FilesError) {
            _ = try FileSystem.status(path)
            if FileSystem.isFolder(path) {
                problem = "it is a folder"
            } else if unsafe access(path, R_OK) != 0 {
                problem = SystemError.text(errno)
            } else {
                return
            }
        } catch {
            problem = error.message
        }
        throw OfflineError(exitStatus: 78, "the baseline \(path) cannot be read: \(problem)")
    }
}
