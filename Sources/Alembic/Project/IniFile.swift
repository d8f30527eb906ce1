import Revisions

/// An INI file as Python's `configparser.ConfigParser` reads it, with the settings that Alembic uses: `=` and `:` as
/// delimiters, `#` and `;` as comments on lines of their own, continuation by indentation, and keys in any case.
struct IniFile {
    /// A value before interpolation, and its line.
    struct Value: Hashable {
        var text: String
        var line: Int
    }

    private(set) var sections: [String: [String: Value]] = [:]
    private(set) var defaults: [String: Value]
    private let file: String

    /// - Parameters:
    ///   - here: what `%(here)s` means, the folder of the file.
    /// - Throws: `ProjectError` for whatever ConfigParser refuses.
    init(_ bytes: [UInt8], file: String, here: String) throws(ProjectError) {
        self.file = file
        defaults = ["here": Value(text: here, line: 0)]
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ProjectError(code: ProjectError.Code.invalid, message: "The file is not UTF-8.", file: file)
        }
        var parsing = Parsing(file: file)
        for line in Self.lines(of: text) {
            try parsing.take(line)
        }
        if let error = parsing.firstFault { throw error }
        sections = parsing.sections.mapValues { $0.mapValues(\.value) }
        defaults.merge(parsing.defaults.mapValues(\.value)) { $1 }
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
    func value(_ key: String, in section: String) throws(ProjectError) -> Value? {
        guard let raw = try raw(key, in: section) else { return nil }
        return Value(text: try interpolate(raw, key: key, section: section, depth: 1), line: raw.line)
    }

    private func raw(_ key: String, in section: String) throws(ProjectError) -> Value? {
        guard let values = sections[section] else { return nil }
        return values[key.lowercased()] ?? defaults[key.lowercased()]
    }

    /// `%(name)s` is another key of the section or of `[DEFAULT]`, `%%` a percent sign (ConfigParser's
    /// BasicInterpolation).
    private func interpolate(_ value: Value, key: String, section: String, depth: Int) throws(ProjectError) -> String {
        func fault(_ message: String) -> ProjectError {
            ProjectError(code: ProjectError.Code.invalid, message: message, file: file, line: value.line, key: key)
        }
        guard value.text.utf8.contains(UInt8(ascii: "%")) else { return value.text }
        // ConfigParser gives up beyond ten levels.
        if depth > 10 { throw fault("%(…)s refers to itself, or is nested too deeply.") }
        var result = ""
        var rest = value.text.unicodeScalars[...]
        while let percent = rest.firstIndex(of: "%") {
            result.unicodeScalars += rest[..<percent]
            let after = rest[rest.index(after: percent)...]
            if after.first == "%" {
                result += "%"
                rest = after.dropFirst()
            } else if after.first == "(", let close = after.firstIndex(of: ")"),
                after.index(after: close) < after.endIndex, after[after.index(after: close)] == "s",
                close > after.index(after: after.startIndex)
            {
                let name = String(after[after.index(after: after.startIndex)..<close])
                guard let other = try raw(name, in: section) else { throw fault("%(\(name))s is not defined.") }
                result += try interpolate(other, key: key, section: section, depth: depth + 1)
                // More than any setting needs: values that double themselves at each level stop here.
                if result.utf8.count > 1 << 20 { throw fault("The value is too long.") }
                rest = after[close...].dropFirst(2)
            } else {
                throw fault("A percent sign is followed by neither '%' nor '(name)s'; write '%%' for a percent sign.")
            }
        }
        result.unicodeScalars += rest
        return result
    }
}

/// ConfigParser's `_read`, line by line.
private struct Parsing {
    /// A value whose lines still grow.
    struct Growing {
        var lines: [String]
        var line: Int

        /// Lines joined; empty ones at the end do not count.
        var value: IniFile.Value {
            let end = lines.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? 0
            return IniFile.Value(text: lines[..<end].joined(separator: "\n"), line: line)
        }
    }

    let file: String
    var sections: [String: [String: Growing]] = [:]
    var defaults: [String: Growing] = [:]
    /// ConfigParser reads on after a line that it does not understand, and refuses the file at its end.
    var firstFault: ProjectError?
    private var section: String?
    private var key: String?
    private var indent = 0
    private var line = 0

    init(file: String) {
        self.file = file
    }

    private func fault(_ message: String, key: String? = nil) -> ProjectError {
        ProjectError(code: ProjectError.Code.invalid, message: message, file: file, line: line, key: key)
    }

    mutating func take(_ scalars: Substring.UnicodeScalarView) throws(ProjectError) {
        line += 1
        let text = String(scalars).trimmedOfWhitespace
        if text.isEmpty {
            append("")
            return
        }
        if text.hasPrefix("#") || text.hasPrefix(";") { return }
        let column = scalars.prefix(while: \.isPythonWhitespace).count
        if key != nil, column > indent {
            append(text)
            return
        }
        indent = column
        if text.hasPrefix("["), let close = text.lastIndex(of: "]"), text.index(after: text.startIndex) < close {
            try enter(String(text[text.index(after: text.startIndex)..<close]))
        } else if let section {
            try takeOption(text, in: section)
        } else {
            throw fault("A line stands before the first [section].")
        }
    }

    private mutating func enter(_ name: String) throws(ProjectError) {
        if name != "DEFAULT" {
            if sections[name] != nil { throw fault("Section [\(name)] stands here a second time.") }
            sections[name] = [:]
        }
        section = name
        key = nil
    }

    private mutating func takeOption(_ text: String, in section: String) throws(ProjectError) {
        guard let delimiter = text.firstIndex(where: { $0 == "=" || $0 == ":" }), delimiter > text.startIndex else {
            if firstFault == nil { firstFault = fault("The line is neither a [section] nor a 'key = value'.") }
            return
        }
        let name = String(text[..<delimiter]).trimmedOfWhitespace.lowercased()
        let known = section == "DEFAULT" ? defaults[name] : sections[section]?[name]
        if known != nil { throw fault("The key stands in [\(section)] a second time.", key: name) }
        key = name
        store(Growing(lines: [String(text[text.index(after: delimiter)...]).trimmedOfWhitespace], line: line))
    }

    private mutating func append(_ text: String) {
        guard let section, let key else { return }
        if section == "DEFAULT" {
            defaults[key]?.lines.append(text)
        } else {
            sections[section]?[key]?.lines.append(text)
        }
    }

    private mutating func store(_ value: Growing) {
        guard let section, let key else { return }
        if section == "DEFAULT" {
            defaults[key] = value
        } else {
            sections[section]?[key] = value
        }
    }
}
