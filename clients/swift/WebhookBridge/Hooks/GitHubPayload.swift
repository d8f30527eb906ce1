import Wire

/// Reads the few members of a GitHub delivery that filters need. The signature has been verified before.
enum GitHubPayload {
    /// Why the route's filters exclude the delivery; nil when they accept it.
    ///
    /// - Throws: `badJSON` when a filter needs the payload and it cannot be read.
    static func ignored(_ body: [UInt8], event: String?, contentType: String?, by route: Route) throws(WireError)
        -> String?
    {
        if event == "ping" { return "ping" }
        if let events = route.events {
            guard let event else { return "no X-GitHub-Event" }
            guard events.contains(event) else { return "event \(shown(event))" }
        }
        guard let branches = route.branches else { return nil }
        let payload = try parse(body, contentType: contentType)
        guard let reference = payload["ref"]?.stringValue else { return "no branch" }
        guard payload["deleted"]?.boolValue != true else { return "the branch was deleted" }
        // Events other than push carry the bare name of the branch.
        let prefix = "refs/heads/"
        let isPush = event == "push" || event == nil
        guard reference.hasPrefix(prefix) || !isPush else { return "no branch" }
        let branch = reference.hasPrefix(prefix) ? String(reference.dropFirst(prefix.count)) : reference
        return branches.contains(branch) ? nil : "branch \(shown(branch))"
    }

    /// GitHub sends JSON, or a form with the JSON in its field `payload`, depending on the webhook's settings. Scripts
    /// often send JSON with the content type of a form, which is curl's default.
    private static func parse(_ body: [UInt8], contentType: String?) throws(WireError) -> JSON {
        let isForm =
            contentType?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true
            && body.first != UInt8(ascii: "{")
        let json = isForm ? field("payload", of: body) : body
        do {
            return try JSON.parse(json)
        } catch {
            throw WireError(.badJSON, "the payload cannot be read: \(error.message)")
        }
    }

    /// The field's bytes after URL decoding; empty when it is missing.
    private static func field(_ name: String, of form: [UInt8]) -> [UInt8] {
        for pair in form.split(separator: UInt8(ascii: "&")) where pair.starts(with: "\(name)=".utf8) {
            return decode(pair.dropFirst(name.utf8.count + 1))
        }
        return []
    }

    private static func decode(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var position = text.startIndex
        while position < text.endIndex {
            let byte = text[position]
            if byte == UInt8(ascii: "%"), position + 2 < text.endIndex,
                let value = UInt8(String(decoding: text[position + 1...position + 2], as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                position += 3
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
                position += 1
            }
        }
        return bytes
    }

    private static func shown(_ name: String) -> String { "'\(name.prefix(100))'" }
}
