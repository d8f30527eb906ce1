import Alembic
import Revisions
import Text
import Wire

/// Why a command that needs no agent failed, as a message and an exit status.
public struct OfflineError: Error, Hashable, Sendable, CustomStringConvertible {
    /// After sysexits.h: 64 wrong usage, 69 unavailable, 73 cannot create, 78 configuration.
    public let exitStatus: Int32
    /// The lines of a message after its first are indented.
    public let description: String
    /// The same for programs: one object with `code`, `message`, `retryable` and `details`.
    public let json: String

    init(exitStatus: Int32, _ message: String) {
        self.init(exitStatus, exitStatus == 78 ? "project.invalid" : "unavailable", message, details: [], line: message)
    }

    init(_ error: AlembicError) {
        let details: [JSON.Object.Member] = [
            .init("file", error.file.map { .string($0) } ?? .null),
            .init("key", error.key.map { .string($0) } ?? .null),
            .init("line", error.line.map { .integer(Int64($0)) } ?? .null),
        ]
        self.init(78, error.code.rawValue, error.message, details: details, line: error.description)
    }

    init(around error: RevisionsError) {
        self.init(
            64, "usage", error.message, details: [.init("target", .string(error.target))],
            line: "--around \(error.target): \(error.message)")
    }

    private init(
        _ exitStatus: Int32, _ code: String, _ message: String, details: [JSON.Object.Member], line: String
    ) {
        self.exitStatus = exitStatus
        description = SafeText.lines(line).joined(separator: "\n  ")
        let object: JSON = [
            "code": .string(code), "details": .object(JSON.Object(details)), "message": .string(message),
            "retryable": false,
        ]
        json = String(decoding: object.encoded(), as: UTF8.self)
    }
}
