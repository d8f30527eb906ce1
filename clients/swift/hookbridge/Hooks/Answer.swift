import Wire

/// What the bridge answers: a status, headers beyond the content type, and JSON.
struct Answer: Hashable, Sendable, Error {
    var status: Int
    var headers: [String: String] = [:]
    var body: JSON

    /// `{"error":{"code","message"}}`.
    static func refused(_ status: Int, _ code: String, _ message: String) -> Answer {
        Answer(status: status, body: ["error": ["code": .string(code), "message": .string(message)]])
    }

    /// The agent's refusal, or one in its words.
    static func refused(_ error: WireError) -> Answer {
        refused(error.code.httpStatus, error.code.rawValue, error.message)
    }

    /// One answer for a missing, malformed or wrong secret or signature, so that nothing can be learned from it.
    static func unauthenticated(_ challenge: String? = nil) -> Answer {
        var answer = refused(WireError(.unauthenticated, "the secret or signature is missing or wrong"))
        if let challenge { answer.headers["WWW-Authenticate"] = challenge }
        return answer
    }

    /// A signed delivery that the route's filters leave out.
    static func ignored(_ reason: String) -> Answer {
        Answer(status: 200, body: ["ignored": .string(reason)])
    }
}

/// A request as the bridge sees it, whatever server received it.
struct Incoming: Sendable {
    /// Why a body could not be had.
    enum BodyFailure: Error {
        case tooLarge, tooSlow, broken
    }

    var method: String
    var path: String
    /// The value of a header; names are compared without case, several values are joined by commas.
    var header: @Sendable (String) -> String?
    /// The whole body, read when it is asked for.
    var body: @Sendable () async throws(BodyFailure) -> [UInt8]
}
