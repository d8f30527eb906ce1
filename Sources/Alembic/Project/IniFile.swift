import Revisions
import Text

/// An INI file as Python's `configparser.ConfigParser` reads it with Alembic's options: `=` and `:` as delimiters, `#`
/// and `;` as comments on lines of their own, continuation by indentation, and case-insensitive keys.
struct IniFile {
    /// A value before interpolation, and its line.
    struct Value: Hashable {
        var text: String
        var line: Int
    }

    private let sections: [ExactString: [ExactString: Value]]
    private let defaults: [ExactString: Value]
    private let file: String

    /// The most bytes that interpolating one value may read. A value that refers to another twice doubles the work at
    /// each level, even when the result is short.
    private static let interpolationLimit = 1 << 20

    /// - Parameters:
    ///   - here: the value of `%(here)s`, the folder of the file.
    /// - Throws: `configurationInvalid` for every file that ConfigParser refuses.
    init(_ bytes: [UInt8], file: String, here: String) throws(AlembicError) {
        self.file = file
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw AlembicError(.configurationInvalid, "The file is not encoded in UTF-8. Save it as UTF-8.", file: file)
        }
        var parser = IniParser(file: file)
        for line in Self.lines(of: text) {
            try parser.take(line)
        }
        if let error = parser.firstError { throw error }
        sections = parser.sections.mapValues { $0.mapValues(\.value) }
        defaults = [ExactString("here"): Value(text: here, line: 0)]
            .merging(parser.defaults.mapValues(\.value)) { $1 }
    }

    /// Lines end as in Python's text files: `\n`, `\r` or `\r\n`.
    private static func lines(of text: String) -> [Substring.UnicodeScalarView] {
        var lines: [Substring.UnicodeScalarView] = []
        var rest = text.unicodeScalars[...]
        while let end = rest.firstIndex(where: { $0 == "\n" || $0 == "\r" }) {
            lines.append(rest[..<end])
            var next = rest.index(after: end)
            if rest[end] == "\r", next < rest.endIndex, rest[next] == "\n" { next = rest.index(after: next) }
            rest = rest[next...]
        }
        return rest.isEmpty ? lines : lines + [rest]
    }

    /// The value of a key, interpolated; nil when neither the section nor `[DEFAULT]` has it, or there is no such
    /// section.
    func value(_ key: String, in section: String) throws(AlembicError) -> Value? {
        guard let raw = raw(key, in: section) else { return nil }
        var work = 0
        return Value(text: try interpolate(raw, key: key, section: section, depth: 1, work: &work), line: raw.line)
    }

    /// Interpolates all values of a section, with those of `[DEFAULT]`, as Alembic does for its hooks; throws for an
    /// invalid one.
    func checkInterpolation(in section: String) throws(AlembicError) {
        guard let own = sections[ExactString(section)] else { return }
        let values = own.merging(defaults) { own, _ in own }
        for (name, value) in values.sorted(by: { $0.value.line < $1.value.line }) {
            var work = 0
            let key = name.text
            _ = try interpolate(value, key: key, section: section, depth: 1, work: &work)
        }
    }

    /// Whether the file has the section.
    func hasSection(_ name: String) -> Bool {
        sections[ExactString(name)] != nil
    }

    /// The names of the sections, sorted, without those of Python's `logging` and of Alembic's hooks.
    var sectionNames: [String] {
        let others = ["loggers", "handlers", "formatters", "post_write_hooks"]
        return sections.keys.map(\.text)
            .filter { name in
                !others.contains(name) && !["logger_", "handler_", "formatter_"].contains { name.hasPrefix($0) }
            }
            .sorted { $0.precedesInBytes($1) }
    }

    /// The line of a key in the section or, if it is not there, in `[DEFAULT]`.
    func line(of key: String, in section: String) -> Int? {
        raw(key, in: section)?.line
    }

    private func raw(_ key: String, in section: String) -> Value? {
        guard let values = sections[ExactString(section)] else { return nil }
        return values[ExactString(key.lowercased())] ?? defaults[ExactString(key.lowercased())]
    }

    /// Replaces `%(name)s` with another key's value, of the section or of `[DEFAULT]`, and `%%` with a percent sign, as
    /// ConfigParser's BasicInterpolation does.
    private func interpolate(
        _ value: Value, key: String, section: String, depth: Int, work: inout Int
    ) throws(AlembicError) -> String {
        func error(_ message: String) -> AlembicError {
            AlembicError(.configurationInvalid, message, file: file, line: value.line, key: key)
        }
        work += value.text.utf8.count
        if work > Self.interpolationLimit {
            throw error(
                "The value is too long: replacing its %(…)s gives more than \(Self.interpolationLimit >> 20) MiB.")
        }
        guard value.text.utf8.contains(UInt8(ascii: "%")) else { return value.text }
        // ConfigParser's limit is ten levels.
        if depth > 10 { throw error("%(…)s refers to itself, or is nested too deeply.") }
        var result = ""
        var rest = value.text.unicodeScalars[...]
        while let percent = rest.firstIndex(of: "%") {
            result += String(rest[..<percent])
            let after = rest[rest.index(after: percent)...]
            if after.first == "%" {
                result += "%"
                rest = after.dropFirst()
            } else if after.first == "(", let close = after.firstIndex(of: ")"),
                after.index(after: close) < after.endIndex, after[after.index(after: close)] == "s",
                close > after.index(after: after.startIndex)
            {
                let name = String(after[after.index(after: after.startIndex)..<close])
                guard let other = raw(name, in: section) else {
                    throw error("%(\(name))s refers to a key that neither this section nor [DEFAULT] defines.")
                }
                result += try interpolate(other, key: key, section: section, depth: depth + 1, work: &work)
                rest = after[close...].dropFirst(2)
            } else {
                throw error("A percent sign must be followed by '%' or '(name)s'. Write '%%' for a percent sign.")
            }
        }
        return result + String(rest)
    }
}

/// Parses line by line, as ConfigParser's `_read` does.
private struct IniParser {
    /// A value that continuation lines may extend.
    struct PartialValue {
        var lines: [String]
        var line: Int

        /// The lines joined, without empty lines at the end.
        var value: IniFile.Value {
            let end = lines.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? 0
            return IniFile.Value(text: lines[..<end].joined(separator: "\n"), line: line)
        }
    }

    let file: String
    var sections: [ExactString: [ExactString: PartialValue]] = [:]
    var defaults: [ExactString: PartialValue] = [:]
    /// The first line that is neither a section nor an option. ConfigParser reads on after it, and refuses the file at
    /// its end, unless another error comes first.
    var firstError: AlembicError?
    /// nil before the first section.
    private var section: (name: String, isDefault: Bool)?
    private var key: ExactString?
    private var indent = 0
    private var line = 0

    init(file: String) {
        self.file = file
    }

    private func error(_ message: String, key: String? = nil) -> AlembicError {
        AlembicError(.configurationInvalid, message, file: file, line: line, key: key)
    }

    /// Uses scalars, because a Swift character may join a delimiter and a combining accent.
    mutating func take(_ scalars: Substring.UnicodeScalarView) throws(AlembicError) {
        line += 1
        let text = String(scalars).trimmedOfWhitespace
        guard let first = text.unicodeScalars.first else {
            append("")
            return
        }
        if first == "#" || first == ";" { return }
        let column = scalars.prefix(while: \.isPythonWhitespace).count
        if key != nil, column > indent {
            append(text)
            return
        }
        indent = column
        if let name = Self.sectionName(text.unicodeScalars) {
            try enter(name)
        } else if section != nil {
            try takeOption(text.unicodeScalars)
        } else {
            throw error("The line is before the first [section]. Put a section header such as [alembic] above it.")
        }
    }

    /// The text between `[` and the last `]` of the line.
    private static func sectionName(_ text: String.UnicodeScalarView) -> String? {
        guard text.first == "[", let close = text.lastIndex(of: "]") else { return nil }
        let start = text.index(after: text.startIndex)
        return start < close ? String(text[start..<close]) : nil
    }

    private mutating func enter(_ name: String) throws(AlembicError) {
        let isDefault = name.utf8.elementsEqual("DEFAULT".utf8)
        if !isDefault {
            if sections[ExactString(name)] != nil {
                throw error("The section [\(name)] is defined twice. Merge the two.")
            }
            sections[ExactString(name)] = [:]
        }
        section = (name, isDefault)
        key = nil
    }

    private mutating func takeOption(_ text: String.UnicodeScalarView) throws(AlembicError) {
        guard let delimiter = text.firstIndex(where: { $0 == "=" || $0 == ":" }), delimiter > text.startIndex else {
            if firstError == nil { firstError = error("The line is neither a [section] nor a 'key = value' pair.") }
            return
        }
        let name = String(text[..<delimiter]).trimmedOfWhitespace.lowercased()
        let value = String(text[text.index(after: delimiter)...]).trimmedOfWhitespace
        guard store(PartialValue(lines: [value], line: line), as: ExactString(name)) else {
            throw error("The key is defined twice in [\(section?.name ?? "")]. Remove one of the two lines.", key: name)
        }
        key = ExactString(name)
    }

    /// Returns false when the section already has the key.
    private mutating func store(_ value: PartialValue, as key: ExactString) -> Bool {
        guard let section else { return false }
        let isNew = section.isDefault ? defaults[key] == nil : sections[ExactString(section.name)]?[key] == nil
        guard isNew else { return false }
        if section.isDefault {
            defaults[key] = value
        } else {
            sections[ExactString(section.name)]?[key] = value
        }
        return true
    }

    private mutating func append(_ text: String) {
        guard let section, let key else { return }
        if section.isDefault {
            defaults[key]?.lines.append(text)
        } else {
            sections[ExactString(section.name)]?[key]?.lines.append(text)
        }
    }
}
