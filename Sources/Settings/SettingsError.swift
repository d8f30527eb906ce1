/// Why a configuration file cannot be used, as one clear line.
///
/// Every program that reads one ends with status 78 (`EX_CONFIG`) and prints ``description``.
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file as it was named by the caller.
    public var file: String
    /// The line, from 1; nil when the fault is in the file as a whole.
    public var line: Int?
    /// The dotted key, such as `databases.main.url`; nil when the fault is not in a single key.
    public var key: String?
    /// What is wrong and what to do, without any value that could be secret.
    public var message: String

    public init(file: String, line: Int? = nil, key: String? = nil, message: String) {
        self.file = file
        self.line = line
        self.key = key
        self.message = message
    }

    /// `FILE:LINE: key: message`.
    public var description: String {
        [line.map { "\(file):\($0)" } ?? file, key, message].compactMap(\.self).joined(separator: ": ")
    }
}
