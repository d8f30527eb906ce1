import FoundationEssentials

/// Encodes and decodes results and parameters: members are sorted, slashes are not escaped.
public enum WireCoding {
    /// - Throws: `internal` when the value cannot be written, for example an infinite number.
    public static func encode(_ value: some Encodable) throws(WireError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            throw WireError(.internal, "\(type(of: value)) cannot be written as JSON")
        }
    }

    /// - Throws: `badJSON` when the value does not have the expected form. Members that `T` does not have are ignored, so
    ///   that a client understands a newer agent.
    public static func decode<T: Decodable>(_ type: T.Type, from json: JSON) throws(WireError) -> T {
        do {
            return try JSONDecoder().decode(type, from: Data(json.encoded(sorted: false)))
        } catch {
            throw WireError(.badJSON, "the \(type) in the response does not have the expected form: \(describe(error))")
        }
    }

    private static func describe(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "unreadable" }
        let (what, context): (String, DecodingError.Context) =
            switch error {
            case .keyNotFound(let key, let context): ("'\(key.stringValue)' is missing", context)
            case .valueNotFound(_, let context): ("a value is null", context)
            case .typeMismatch(_, let context): ("a value has another type", context)
            case .dataCorrupted(let context): ("a value is not allowed", context)
            @unknown default: ("unreadable", DecodingError.Context(codingPath: [], debugDescription: ""))
            }
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return path.isEmpty ? what : "\(what) at \(path)"
    }
}

extension JSON {
    /// Any encodable value as JSON.
    public init(encoding value: some Encodable) throws(WireError) {
        let bytes = try WireCoding.encode(value)
        do {
            self = try JSON.parse(bytes)
        } catch {
            throw WireError(.internal, "a value cannot be encoded as JSON: \(error.message)")
        }
    }
}

extension JSON: Codable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Name.self) {
            let names = container.allKeys.sorted { $0.stringValue.utf8.lexicographicallyPrecedes($1.stringValue.utf8) }
            self = .object(
                Object(try names.map { Object.Member($0.stringValue, try container.decode(JSON.self, forKey: $0)) }))
            return
        }
        if var container = try? decoder.unkeyedContainer() {
            var elements: [JSON] = []
            while !container.isAtEnd { elements.append(try container.decode(JSON.self)) }
            self = .array(elements)
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let object):
            var container = encoder.container(keyedBy: Name.self)
            for member in object.members {
                try container.encode(member.value, forKey: Name(stringValue: member.name))
            }
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        case .null:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .bool(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .integer(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .number(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .string(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        }
    }
}
