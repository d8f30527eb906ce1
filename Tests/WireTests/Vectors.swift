import FoundationEssentials
import Support
import Testing
import Wire

/// The vectors in `proto/vectors`, which every client's tests read.
enum Vectors {
    static func load(_ name: String) throws -> JSON {
        let file = "\(RepositoryRoot.path)/proto/vectors/\(name).json"
        return try JSON.parse(Array(Data(contentsOf: URL(filePath: file))))
    }

    static func bytes(hexadecimal text: String) throws -> [UInt8] {
        let digits = text.compactMap { $0.hexDigitValue.map(UInt8.init) }
        try #require(digits.count == text.count && digits.count.isMultiple(of: 2))
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
