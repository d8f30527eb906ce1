import Alembic
import Diagnosis
import Revisions
import Wire

/// Why there is no report of a project's graph.
public struct GraphReportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// After sysexits.h: 64 for a revision that there is not, 78 for a configuration that cannot be followed.
    public let exitStatus: Int32
    /// One line.
    public let description: String
    /// The same for programs: one object with `code`, `message`, `retryable` and `details`.
    public let json: String

    init(_ error: ProjectError) {
        let details: [JSON.Object.Member] = [
            .init("file", error.file.map { .string($0) } ?? .null),
            .init("key", error.key.map { .string($0) } ?? .null),
            .init("line", error.line.map { .integer(Int64($0)) } ?? .null),
        ]
        self.init(78, error.code, error.message, details: details, line: error.description)
    }

    init(_ refusal: TargetRefusal) {
        self.init(
            64, "usage", refusal.message, details: [.init("target", .string(refusal.target))],
            line: "--around \(refusal.target): \(refusal.message)")
    }

    private init(
        _ exitStatus: Int32, _ code: String, _ message: String, details: [JSON.Object.Member], line: String
    ) {
        self.exitStatus = exitStatus
        description = TerminalText.visible(line)
        let object: JSON = [
            "code": .string(code), "details": .object(JSON.Object(details)), "message": .string(message),
            "retryable": false,
        ]
        json = String(decoding: object.encoded(), as: UTF8.self)
    }
}
