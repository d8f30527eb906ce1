extension Request {
    private enum Member: String, CodingKey, CaseIterable {
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
        do {
            try self.init(id: id, object, containsNUL: document.containsNUL)
        } catch {
            throw RequestRefusal(id: id, error: error)
        }
    }

    private init(id: String?, _ object: JSON.Object, containsNUL: Bool) throws(WireError) {
        guard !containsNUL else { throw WireError(.badParams, "a string contains the character U+0000") }
        let members = try Members<Member>(object, of: .request)
        guard let id else {
            throw WireError(.badParams, "'id' must be a string of 1 to 64 characters without control characters")
        }
        self.init(
            id: id,
            command: try members.required(.command, members.string(.command)),
            database: try members.string(.database, "1 to 64 characters", Grammar.isName),
            parameters: try members.object(.parameters) ?? JSON.Object(),
            idempotencyKey: try members.string(
                .idempotencyKey, "1 to 128 of A-Z a-z 0-9 . _ : / -", Grammar.isIdempotencyKey),
            deadlineMilliseconds: try members.integer(
                .deadlineMilliseconds, in: 1...Limits.longestDeadlineMilliseconds),
            stream: try members.bool(.stream) ?? false,
            reason: try members.string(
                .reason, "at most 500 characters without control characters", Grammar.isReason))
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
