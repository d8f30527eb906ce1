/// The encoding that a file's cookie names (PEP 263).
enum PythonEncoding {
    case utf8
    case latin1
    /// ASCII; other characters consist of bytes that are not ASCII.
    case oneByte
    /// ASCII; other characters consist of several bytes, some of which look like ASCII.
    case manyBytes
    /// Any other encoding.
    case opaque

    /// Searches for a cookie: a comment on the first line, or on the second after a line without code.
    init(cookieOf bytes: [UInt8]) {
        var rest = bytes[...]
        for _ in 0..<2 {
            let line = rest.prefix { $0 != Byte.newline && $0 != Byte.carriageReturn }
            let blanks = line.prefix { $0 == Byte.space || $0 == Byte.tab || $0 == Byte.formFeed }
            let comment = line.dropFirst(blanks.count)
            if let first = comment.first, first != Byte.hash { break }
            if let name = Self.name(inComment: comment) {
                self.init(name: name)
                return
            }
            let isPair = rest.dropFirst(line.count).starts(with: [Byte.carriageReturn, Byte.newline])
            rest = rest.dropFirst(line.count + (isPair ? 2 : 1))
        }
        self = .utf8
    }

    /// The name after `coding:` or `coding=`, as written.
    private static func name(inComment comment: ArraySlice<UInt8>) -> String? {
        let key = Array("coding".utf8)
        var rest = comment
        while rest.count > key.count {
            if rest.starts(with: key), [Byte.colon, Byte.equals].contains(rest[rest.startIndex + key.count]) {
                let name = rest.dropFirst(key.count + 1).drop { $0 == Byte.space || $0 == Byte.tab }
                    .prefix { $0 < 0x80 && $0.isNamePart || $0 == UInt8(ascii: "-") || $0 == Byte.dot }
                if !name.isEmpty { return String(decoding: name, as: UTF8.self) }
            }
            rest = rest.dropFirst()
        }
        return nil
    }

    /// Names that Python's tokenizer and its codecs know, in lower case and with hyphens.
    private init(name: String) {
        let name = name.lowercased().replacing("_", with: "-")
        func isOne(of names: [String], prefixes: [String] = []) -> Bool {
            names.contains(name) || prefixes.contains { name.hasPrefix($0) }
        }
        if isOne(of: ["utf-8", "utf8", "utf", "u8", "cp65001"], prefixes: ["utf-8-"]) {
            self = .utf8
        } else if isOne(
            of: ["latin-1", "latin1", "latin", "l1", "iso-8859-1", "iso8859-1", "iso-latin-1", "cp819"],
            prefixes: ["latin-1-", "iso-8859-1-", "iso-latin-1-"])
        {
            self = .latin1
        } else if isOne(
            of: ["ascii", "us-ascii", "cp437", "cp850", "cp852", "cp866", "euc-jp", "euc-kr", "gb2312", "mac-roman"],
            prefixes: ["iso-8859-", "iso8859-", "cp125", "windows-125", "koi8-"])
        {
            self = .oneByte
        } else if isOne(of: ["gbk", "cp936", "gb18030", "big5", "cp950", "shift-jis", "sjis", "cp932", "cp949"]) {
            self = .manyBytes
        } else {
            self = .opaque
        }
    }
}
