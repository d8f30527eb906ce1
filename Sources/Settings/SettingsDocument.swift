import TOMLKit

/// A TOML document whose tables know their lines, so that every error names one.
public struct SettingsDocument: Sendable {
    /// The document's own table.
    public let root: SettingsTable

    /// Parses `text`.
    ///
    /// - Parameter file: the name that errors carry.
    /// - Throws: ``SettingsError`` with the line when `text` is not TOML.
    public init(text: String, file: String) throws(SettingsError) {
        let lines = KeyLines(text: text)
        // The parser assumes, without a check, that a table's name starts like one.
        if let line = lines.brokenHeader { throw Self.invalid(file, line: line) }
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch {
            throw Self.invalid(file, line: (error as? TOMLParseError)?.source.begin.line)
        }
        root = SettingsTable(
            members: Value.members(of: table), path: [], origin: .init(file: file, lines: lines))
    }

    /// The parser's own message may quote the line, which may contain a secret.
    private static func invalid(_ file: String, line: Int?) -> SettingsError {
        SettingsError(file: file, line: line, message: "not valid TOML")
    }
}

/// A TOML value, copied out of the parser's memory.
enum Value: Sendable {
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case array([Value])
    case table([String: Value])
    /// A date and time with its offset, as RFC 3339 writes it.
    case time(String)
    case other

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
        } else if let time = value.dateTime, time.offset != nil {
            self = .time(time.rfc3339)
        } else {
            self = .other
        }
    }

    var kind: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .boolean: "a boolean"
        case .array: "an array"
        case .table: "a table"
        case .time, .other: "a date or a fraction"
        }
    }
}

extension TOMLDateTime {
    fileprivate var rfc3339: String {
        let minutes = offset?.offset ?? 0
        func padded(_ value: Int, _ width: Int = 2) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(date.year, 4))-\(padded(date.month))-\(padded(date.day))"
            + "T\(padded(time.hour)):\(padded(time.minute)):\(padded(time.second))"
            + "\(minutes < 0 ? "-" : "+")\(padded(abs(minutes) / 60)):\(padded(abs(minutes) % 60))"
    }
}
