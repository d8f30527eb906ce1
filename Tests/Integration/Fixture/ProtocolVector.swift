import FoundationEssentials
import Support
import Testing
import Wire

/// A test vector of `proto/vectors`.
struct ProtocolVector: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var expect: String
    var testDescription: String { name }

    /// The vectors of one file. Empty if the file cannot be read, which a test detects.
    static func load(_ name: String) -> [ProtocolVector] {
        let file = "\(RepositoryRoot.path)/proto/vectors/\(name).json"
        guard let data = FileManager.default.contents(atPath: file), let json = try? JSON.parse(Array(data)) else {
            return []
        }
        let entries = json.arrayValue ?? json["cases"]?.arrayValue ?? []
        return entries.compactMap { entry in
            guard let name = entry["name"]?.stringValue, let expect = entry["expect"]?.stringValue,
                let bytes = bytes(entry)
            else { return nil }
            return ProtocolVector(name: name, bytes: bytes, expect: expect)
        }
    }

    /// The bytes of `hex`, or of the repeated unit.
    private static func bytes(_ entry: JSON) -> [UInt8]? {
        if let hex = entry["hex"]?.stringValue { return decoded(hex) }
        guard let unit = entry["repeat"]?["hex"]?.stringValue, let count = entry["repeat"]?["count"]?.integerValue,
            let bytes = decoded(unit)
        else { return nil }
        return Array(repeatElement(bytes, count: Int(count)).joined())
    }

    private static func decoded(_ hex: String) -> [UInt8]? {
        let digits = hex.compactMap { $0.hexDigitValue.map(UInt8.init) }
        guard digits.count == hex.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
