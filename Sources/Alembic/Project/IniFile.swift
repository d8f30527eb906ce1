import Revisions

/// An INI file as Python's `configparser.ConfigParser` reads it, with the settings that Alembic uses: `=` and `:` as
/// delimiters, `#` and `;` as comments on lines of their own, continuation by indentation, and keys in any case.
struct IniFile {
    /// A value before interpolation, and its line.
    struct Value: Hashable {
        var text: String
        var line: Int
    }

    private let sections: [IniName: [IniName: Value]]
    private let defaults: [IniName: Value]
    private let file: String

    /// More text than interpolation ever has to look at. Values that refer to others several times double at each
    /// level, even where in the end nothing comes of it.
    private static let interpolationLimit = 1 << 20

    /// - Parameters:
    ///   - here: what `%(here)s` means, the folder of the file.
    /// - Throws: `ProjectError` for whatever ConfigParser refuses.
    init(_ bytes: [UInt8], file: String, here: String) throws(ProjectError) {
        self.file = file
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ProjectError(code: ProjectError.Code.invalid, message: "The file is not UTF-8.", file: file)
        }
        var parsing = Parsing(file: file)
        for line in Self.lines(of: text) {
            try parsing.take(line)
        }
        if let error = parsing.firstFault { throw error }
        sections = parsing.sections.mapValues { $0.mapValues(\.value) }
        defaults = [IniName("here"): Value(text: here, line: 0)]
            .merging(parsing.defaults.mapValues(\.value)) { $1 }
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
        guard let raw = raw(key, in: section) else { return nil }
        var work = 0
        return Value(text: try interpolate(raw, key: key, section: section, depth: 1, work: &work), line: raw.line)
    }

    /// Interpolates a whole section, `[DEFAULT]` in it, as Alembic does with that of its hooks.
    func checkInterpolation(in section: String) throws(ProjectError) {
        guard let own = sections[IniName(section)] else { return }
        let values = own.merging(defaults) { own, _ in own }
        for (name, value) in values.sorted(by: { $0.value.line < $1.value.line }) {
            var work = 0
            let key = String(decoding: name.bytes, as: UTF8.self)
            _ = try interpolate(value, key: key, section: section, depth: 1, work: &work)
        }
    }

    /// Whether the file has the section.
    func hasSection(_ name: String) -> Bool {
        sections[IniName(name)] != nil
    }

    /// The line on which a key stands, for the section or in `[DEFAULT]`.
    func line(of key: String, in section: String) -> Int? {
        raw(key, in: section)?.line
    }

    private func raw(_ key: String, in section: String) -> Value? {
        guard let values = sections[IniName(section)] else { return nil }
        return values[IniName(key.lowercased())] ?? defaults[IniName(key.lowercased())]
    }

    /// `%(name)s` is another key of the section or of `[DEFAULT]`, `%%` a percent sign (ConfigParser's
    /// BasicInterpolation).
    private func interpolate(
        _ value: Value, key: String, section: String, depth: Int, work: inout Int
    ) throws(ProjectError) -> String {
        func fault(_ message: String) -> ProjectError {
            ProjectError(code: ProjectError.Code.invalid, message: message, file: file, line: value.line, key: key)
        }
        work += value.text.utf8.count
        if work > Self.interpolationLimit { throw fault("The value is too long.") }
        guard value.text.utf8.contains(UInt8(ascii: "%")) else { return value.text }
        // ConfigParser gives up beyond ten levels.
        if depth > 10 { throw fault("%(…)s refers to itself, or is nested too deeply.") }
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
                guard let other = raw(name, in: section) else { throw fault("%(\(name))s is not defined.") }
                result += try interpolate(other, key: key, section: section, depth: depth + 1, work: &work)
                rest = after[close...].dropFirst(2)
            } else {
                throw fault("A percent sign is followed by neither '%' nor '(name)s'; write '%%' for a percent sign.")
            }
        }
        return result + String(rest)
    }
}

/// The name of a section or key: equal only to the same code points, as in Python.
private struct IniName: Hashable {
    let bytes: [UInt8]

    init(_ text: String) {
        bytes = Array(text.utf8)
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
    var sections: [IniName: [IniName: Growing]] = [:]
    var defaults: [IniName: Growing] = [:]
    /// ConfigParser reads on after a line that it does not understand, and refuses the file at its end.
    var firstFault: ProjectError?
    /// Nil before the first one.
    private var section: (name: String, isDefault: Bool)?
    private var key: IniName?
    private var indent = 0
    private var line = 0

    init(file: String) {
        self.file = file
    }

    private func fault(_ message: String, key: String? = nil) -> ProjectError {
        ProjectError(code: ProjectError.Code.invalid, message: message, file: file, line: line, key: key)
    }

    /// Looks at scalars, never at characters: to those a letter and its accent are one.
    mutating func take(_ scalars: Substring.UnicodeScalarView) throws(ProjectError) {
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
            throw fault("A line stands before the first [section].")
        }
    }

    /// What stands between `[` and the last `]` of the line.
    private static func sectionName(_ text: String.UnicodeScalarView) -> String? {
        guard text.first == "[", let close = text.lastIndex(of: "]") else { return nil }
        let start = text.index(after: text.startIndex)
        return start < close ? String(text[start..<close]) : nil
    }

    private mutating func enter(_ name: String) throws(ProjectError) {
        let isDefault = name.utf8.elementsEqual("DEFAULT".utf8)
        if !isDefault {
            if sections[IniName(name)] != nil { throw fault("Section [\(name)] stands here a second time.") }
            sections[IniName(name)] = [:]
        }
        section = (name, isDefault)
        key = nil
    }

    private mutating func takeOption(_ text: String.UnicodeScalarView) throws(ProjectError) {
        guard let delimiter = text.firstIndex(where: { $0 == "=" || $0 == ":" }), delimiter > text.startIndex else {
            if firstFault == nil { firstFault = fault("The line is neither a [section] nor a 'key = value'.") }
            return
        }
        let name = String(text[..<delimiter]).trimmedOfWhitespace.lowercased()
        let value = String(text[text.index(after: delimiter)...]).trimmedOfWhitespace
        guard store(Growing(lines: [value], line: line), as: IniName(name)) else {
            throw fault("The key stands in [\(section?.name ?? "")] a second time.", key: name)
        }
        key = IniName(name)
    }

    /// False when the section has the key already.
    private mutating func store(_ value: Growing, as key: IniName) -> Bool {
        guard let section else { return false }
        let isNew = section.isDefault ? defaults[key] == nil : sections[IniName(section.name)]?[key] == nil
        guard isNew else { return false }
        if section.isDefault {
            defaults[key] = value
        } else {
            sections[IniName(section.name)]?[key] = value
        }
        return true
    }

    private mutating func append(_ text: String) {
        guard let section, let key else { return }
        if section.isDefault {
            defaults[key]?.lines.append(text)
        } else {
            sections[IniName(section.name)]?[key]?.lines.append(text)
        }
    }
}
