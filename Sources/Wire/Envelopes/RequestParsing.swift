extension Request {
    private enum Name: String, CaseIterable {
        case id, command, database
        case parameters = "params"
        case idempotencyKey
        case deadlineMilliseconds = "deadlineMs"
        case stream, reason
    }

    /// Reads a request's body strictly: JSON first, then the envelope; the command's own parameters are read by the
    /// command.
    ///
    /// - Throws: `badJSON` for bytes that are not a strict JSON object; `badParams` for an unknown member, a wrong
    ///   type, a value outside its grammar, or U+0000 in any string.
    public init(parsing body: [UInt8]) throws(RequestRefusal) {
        let document: (value: JSON, containsNUL: Bool)
        do {
            document = try JSON.document(body)
        } catch {
            throw RequestRefusal(id: nil, error: WireError(.badJSON, error.message))
        }
        guard case .object(let object) = document.value else {
            throw RequestRefusal(id: nil, error: WireError(.badJSON, "the request is not an object"))
        }
        // The id first, so that any later refusal reaches the request it belongs to.
        let id = object["id"]?.stringValue.flatMap { Grammar.isRequestID($0) ? $0 : nil }
        do throws(WireError) {
            guard !document.containsNUL else {
                throw WireError(.badParams, "a string contains the character U+0000")
            }
            guard let id else {
                throw WireError(.badParams, "'id' must be a string of 1 to 64 characters without control characters")
            }
            try self.init(id: id, object)
        } catch {
            throw RequestRefusal(id: id, error: error)
        }
    }

    private init(id: String, _ object: JSON.Object) throws(WireError) {
        self.init(id: id, command: "")
        for member in object.members {
            let name = Name(rawValue: member.name)
            guard let name, name.rawValue.hasSameBytes(as: member.name) else {
                throw member.unknown(in: "the request", Name.allCases.map(\.rawValue))
            }
            switch name {
            case .id: break
            case .command: command = try member.string()
            case .database: database = try member.string("1 to 64 characters", Grammar.isName)
            case .parameters: parameters = try member.object()
            case .idempotencyKey:
                idempotencyKey = try member.string(
                    "1 to 128 of A-Z a-z 0-9 . _ : / -", Grammar.isIdempotencyKey)
            case .deadlineMilliseconds:
                deadlineMilliseconds = try member.integer(in: 1...Limits.longestDeadlineMilliseconds)
            case .stream: stream = try member.bool()
            case .reason:
                reason = try member.string("at most 500 characters without control characters", Grammar.isReason)
            }
        }
        guard !command.isEmpty else { throw WireError(.badParams, "the request lacks the member 'command'") }
    }
}

/// The grammars of the envelope's strings. Lengths count Unicode scalars.
public enum Grammar {
    public static func isRequestID(_ text: String) -> Bool {
        isPlain(text, 1...64)
    }

    public static func isIdempotencyKey(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { isAlphanumeric($0) || ".:/_-".utf8.contains($0) }
    }

    public static func isReason(_ text: String) -> Bool {
        isPlain(text, 0...500)
    }

    /// Any other string, and what it must have.
    public static func isText(_ text: String) -> Bool { isPlain(text, 1...255) }
    public static let text = "1 to 255 characters without control characters"

    /// Names that the agent's operator chose: databases, plans, jobs.
    public static func isName(_ text: String) -> Bool {
        isPlain(text, 1...64)
    }

    /// `[a-z0-9._-]{1,64}`.
    public static func isAudience(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                isAlphanumeric($0) && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || "._-".utf8.contains($0)
            }
    }

    /// Whether a text has a length among these and no control character.
    static func isPlain(_ text: String, _ lengths: ClosedRange<Int>) -> Bool {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return lengths.contains(text.utf8.count) }
        return lengths.contains(text.unicodeScalars.count)
            && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
