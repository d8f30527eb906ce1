import Glibc

extension SettingsTable {
    /// The string at `key` with each `${NAME}` replaced by that environment variable.
    ///
    /// - Parameter keeping: names that are left for later, alone or followed by `+driver`.
    public mutating func expanded(_ key: String, keeping: Set<String> = []) throws(SettingsError) -> String? {
        guard let text = try string(key) else { return nil }
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "$") {
            guard rest[open...].hasPrefix("${"), let close = rest[open...].firstIndex(of: "}") else {
                result += rest[...open]
                rest = rest[rest.index(after: open)...]
                continue
            }
            let name = String(rest[rest.index(open, offsetBy: 2)..<close])
            result += rest[..<open]
            if keeping.contains(String(name.prefix { $0 != "+" })) {
                result += rest[open...close]
            } else if let value = unsafe getenv(name) {
                result += unsafe String(cString: value)
            } else {
                throw error(key, "the environment has no variable '\(name)'")
            }
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    /// The path at `key`; a relative one is taken from `folder`.
    public mutating func path(_ key: String, folder: String) throws(SettingsError) -> String? {
        guard let path = try expanded(key) else { return nil }
        guard !path.isEmpty else { throw error(key, "must not be empty") }
        return path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }

    /// The length of time at `key`, written as `500ms`, `3s`, `15m`, `1h`, or `0` for none.
    public mutating func duration(_ key: String) throws(SettingsError) -> Duration? {
        guard let text = try expanded(key) else { return nil }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits), number <= 31_536_000 else {
            throw error(key, "must be a length of time, such as \"500ms\", \"3s\", \"15m\" or \"0\"")
        }
        switch text.dropFirst(digits.count) {
        case "ms": return .milliseconds(number)
        case "s": return .seconds(number)
        case "m": return .seconds(number * 60)
        case "h": return .seconds(number * 3600)
        case "" where number == 0: return .zero
        default: throw error(key, "must end with ms, s, m or h, such as \"3s\"")
        }
    }
}
