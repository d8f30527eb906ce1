/// An error of the protocol: a code for decisions, a message for people, details for programs.
///
/// Messages never contain secrets, connection strings, file contents or other principals' data.
public struct WireError: Error, Hashable, Sendable {
    public var code: ErrorCode
    public var message: String
    public var retryable: Bool
    /// An object, or nil. Its members depend on the code: `projectInvalid` has `file` and `line`; `migrationFailed` has
    /// `revision`, `sqlstate`, `statement` and `applied`; `conflict` has the `job`; `tokenExpired` has the agent's `time`.
    public var details: JSON?

    public init(_ code: ErrorCode, _ message: String, details: JSON? = nil) {
        self.code = code
        self.message = message
        self.retryable = code.isRetryable
        self.details = details
    }
}

extension WireError: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(message)" }
}

extension WireError: Codable {
    private enum CodingKeys: String, CodingKey {
        case code, message, retryable, details
    }

    /// An unknown code, from a newer agent, is read as `internal` and named in the message.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let name = try container.decode(String.self, forKey: .code)
        let text = try container.decodeIfPresent(String.self, forKey: .message) ?? ""
        if let known = ErrorCode(rawValue: name) {
            self.init(known, text)
        } else {
            self.init(.internal, "\(name): \(text)")
        }
        retryable = try container.decodeIfPresent(Bool.self, forKey: .retryable) ?? code.isRetryable
        details = try container.decodeIfPresent(JSON.self, forKey: .details)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(code, forKey: .code)
        try container.encode(message, forKey: .message)
        try container.encode(retryable, forKey: .retryable)
        try container.encodeIfPresent(details, forKey: .details)
    }

    /// The same members, for callers that build JSON themselves.
    public var json: JSON {
        var members: [JSON.Object.Member] = [
            .init("code", .string(code.rawValue)), .init("message", .string(message)),
            .init("retryable", .bool(retryable)),
        ]
        if let details { members.append(.init("details", details)) }
        return .object(JSON.Object(members))
    }
}
