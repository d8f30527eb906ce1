/// The codes of the agent's errors (PROTOCOL.md, "Errors"), with the meaning of each for clients: whether a retry may
/// succeed, the HTTP status of the bridge and the exit status of the command line.
public enum ErrorCode: String, Codable, CaseIterable, Hashable, Sendable {
    case badFrame, unsupported
    case tooLarge
    case badJSON
    case badParams
    case unknownCommand, unknownDatabase
    case unauthenticated, tokenExpired, replayed
    case forbidden
    case idempotencyMismatch
    case conflict
    case precondition
    case busy, draining
    case deadlineExceeded
    case cancelled
    case degraded, databaseUnavailable
    case permissionDenied
    case projectInvalid
    case migrationFailed
    case outcomeUnknown
    case `internal`

    /// Whether the same request may succeed later without any change by the caller.
    public var isRetryable: Bool {
        switch self {
        case .conflict, .busy, .draining, .deadlineExceeded, .degraded, .databaseUnavailable: true
        default: false
        }
    }

    /// The HTTP status of the bridge.
    public var httpStatus: Int {
        switch self {
        case .badFrame, .unsupported, .badJSON, .badParams: 400
        case .unauthenticated, .tokenExpired: 401
        case .forbidden: 403
        case .unknownCommand, .unknownDatabase: 404
        case .replayed, .conflict, .cancelled: 409
        case .precondition: 412
        case .tooLarge: 413
        case .idempotencyMismatch: 422
        case .busy: 429
        case .projectInvalid, .migrationFailed, .outcomeUnknown, .internal: 500
        case .permissionDenied: 502
        case .draining, .degraded, .databaseUnavailable: 503
        case .deadlineExceeded: 504
        }
    }

    /// The exit status of `adminctl` (sysexits.h).
    public var exitStatus: Int32 {
        switch self {
        case .migrationFailed, .outcomeUnknown: 1
        case .badParams, .unknownCommand, .unknownDatabase: 64
        case .tooLarge, .badJSON, .idempotencyMismatch, .precondition: 65
        case .degraded, .databaseUnavailable, .permissionDenied: 69
        case .internal: 70
        case .conflict, .busy, .draining, .deadlineExceeded, .cancelled: 75
        case .badFrame, .unsupported: 76
        case .unauthenticated, .tokenExpired, .replayed, .forbidden: 77
        case .projectInvalid: 78
        }
    }
}
