/// The response to a request; each request has exactly one.
public struct Response: Hashable, Sendable {
    /// Nil when the request was refused before its envelope could be read.
    public var id: String?
    public var outcome: Result<JSON, WireError>

    public init(id: String?, outcome: Result<JSON, WireError>) {
        self.id = id
        self.outcome = outcome
    }

    /// The frame of a success with a result that is already encoded; the agent caches such results.
    ///
    /// - Parameters:
    ///   - length: the approximate length of the result in bytes.
    ///   - write: appends the result.
    /// - Throws: `tooLarge` for a result that does not fit into a frame.
    public static func frame(
        id: String, length: Int, result write: (inout [UInt8]) -> Void
    ) throws(WireError) -> [UInt8] {
        try Frame.encoded(.response, bodyLength: length + id.utf8.count + 24) { bytes in
            bytes += "{\"id\":".utf8
            JSON.write(id, to: &bytes)
            bytes += ",\"result\":".utf8
            write(&bytes)
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// The body of a refusal or failure.
    public static func encoded(id: String?, error: WireError) -> [UInt8] {
        JSON.object(JSON.Object([.init("id", id.map(JSON.string) ?? .null), .init("error", error.json)]))
            .encoded(sorted: false)
    }

    /// Reads a response. Unknown members are ignored, since the agent may be newer.
    ///
    /// - Throws: `badJSON` when it is not strict JSON or does not have the form of a response.
    public init(parsing body: [UInt8]) throws(WireError) {
        let json = try parseEnvelope(body)
        id = json["id"]?.stringValue
        if let result = json["result"] {
            outcome = .success(result)
        } else if let error = json["error"] {
            outcome = .failure(try WireCoding.decode(WireError.self, from: error))
        } else {
            throw WireError(.badJSON, "the response has neither result nor error")
        }
    }

    /// The result as the command's own type.
    public func result<C: Command>(of command: C.Type) throws(WireError) -> C.Result {
        try WireCoding.decode(C.Result.self, from: try outcome.get())
    }
}

/// Parses a strict object from the agent.
func parseEnvelope(_ body: [UInt8]) throws(WireError) -> JSON {
    do {
        let json = try JSON.parse(body)
        if json.objectValue != nil { return json }
    } catch {
        throw WireError(.badJSON, "the agent's message is not strict JSON: \(error.message)")
    }
    throw WireError(.badJSON, "the agent's message is not an object")
}
