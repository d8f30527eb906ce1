import TOMLKit

/// `[tool.alembic]` of a `pyproject.toml`, as Alembic reads it since 1.16.
struct TomlFile {
    private let table: TOMLTable?
    private let text: String
    private let file: String
    private let here: String

    /// - Parameters:
    ///   - here: what `%(here)s` means, the folder of the file.
    init(_ bytes: [UInt8], file: String, here: String) throws(ProjectError) {
        self.file = file
        self.here = here
        text = String(decoding: bytes, as: UTF8.self)
        let root: TOMLTable
        do {
            root = try TOMLTable(string: text)
        } catch {
            let fault = error as? TOMLParseError
            throw ProjectError(
                code: ProjectError.Code.invalid, message: "This is not TOML: \(fault?.description ?? "unknown error").",
                file: file, line: fault?.source.begin.line)
        }
        guard let tool = root["tool"] else {
            table = nil
            return
        }
        guard tool.table != nil, tool.table?["alembic"].map({ $0.table != nil }) ?? true else {
            throw ProjectError(code: ProjectError.Code.invalid, message: "[tool.alembic] is not a table.", file: file)
        }
        table = tool.table?["alembic"]?.table
    }

    /// Whether the file has the table at all.
    var isConfigured: Bool { table != nil }

    /// A string, with `%(here)s` replaced; nil when the key is absent.
    func string(_ key: String) throws(ProjectError) -> String? {
        guard let value = table?[key] else { return nil }
        guard let text = value.string else { throw fault("This has to be a string.", key) }
        return try replace(text, key)
    }

    /// A list of strings, with `%(here)s` replaced; nil when the key is absent.
    func strings(_ key: String) throws(ProjectError) -> [String]? {
        guard let value = table?[key] else { return nil }
        guard let array = value.array else { throw fault("This has to be a list of strings.", key) }
        var strings: [String] = []
        for index in 0..<array.count {
            guard let text = array[index].string else { throw fault("This has to be a list of strings.", key) }
            strings.append(try replace(text, key))
        }
        return strings
    }

    /// A boolean; false when the key is absent.
    func bool(_ key: String) throws(ProjectError) -> Bool {
        guard let value = table?[key] else { return false }
        guard let bool = value.bool else { throw fault("This has to be true or false.", key) }
        return bool
    }

    /// Python's `value % {"here": …}`, as far as a path needs it.
    private func replace(_ value: String, _ key: String) throws(ProjectError) -> String {
        var result = ""
        var rest = value[...]
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            let after = rest[percent...].dropFirst()
            if after.hasPrefix("%") {
                result += "%"
                rest = after.dropFirst()
            } else if after.hasPrefix("(here)s") {
                result += here
                rest = after.dropFirst("(here)s".count)
            } else {
                throw fault("Only %(here)s and %% may follow from a percent sign.", key)
            }
        }
        return result + rest
    }

    private func fault(_ message: String, _ key: String) -> ProjectError {
        ProjectError(code: ProjectError.Code.invalid, message: message, file: file, line: line(of: key), key: key)
    }

    /// Where a key stands; TOMLKit keeps no positions. Nil when it is written in an unusual way.
    func line(of key: String) -> Int? {
        var isInside = false
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.filter { $0 != " " && $0 != "\t" && $0 != "\r" }
            if words.hasPrefix("[") {
                isInside = words.hasPrefix("[tool.alembic]")
            } else if isInside, words.hasPrefix(key + "=") {
                return number + 1
            }
        }
        return nil
    }
}
