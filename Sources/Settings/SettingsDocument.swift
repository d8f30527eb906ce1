import TOMLKit

/// A TOML document whose tables know their lines, so that every complaint can name one.
public struct SettingsDocument: Sendable {
    /// The document's own table.
    public let root: SettingsTable

    /// Parses `text`.
    ///
    /// - Parameter file: the name that errors carry.
    /// - Throws: ``SettingsError`` with the line when `text` is not TOML.
    public init(text: String, file: String) throws(SettingsError) {
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw SettingsError(
                file: file, line: error.source.begin.line, message: "not valid TOML: \(error.description)")
        } catch {
            throw SettingsError(file: file, message: "not valid TOML")
        }
        root = SettingsTable(
            members: Value.members(of: table), path: [], origin: .init(file: file, lines: KeyLines(text: text)))
    }
}

/// A TOML value, copied out of the parser's memory.
enum Value: Sendable {
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case array([Value])
    case table([String: Value])
    case other(String)

    static func members(of table: TOMLTable) -> [String: Value] {
        var members: [String: Value] = [:]
        for (key, value) in table { members[key] = Value(value) }
        return members
    }

    private init(_ value: any TOMLValueConvertible) {
        if let string = value.string {
            self = .string(string)
        } else if let boolean = value.bool {
            self = .boolean(boolean)
        } else if let integer = value.int {
            self = .integer(integer)
        } else if let array = value.array {
            self = .array(array.map { Value($0) })
        } else if let table = value.table {
            self = .table(Value.members(of: table))
        } else {
            self = .other(value.debugDescription)
        }
    }

    var kind: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .boolean: "a boolean"
        case .array: "an array"
        case .table: "a table"
        case .other: "a date or a fraction"
        }
    }
}
