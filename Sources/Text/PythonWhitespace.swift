extension String {
    /// The string without white space at both ends, as Python's `str.strip` removes it.
    package var trimmedOfWhitespace: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.isPythonWhitespace }),
            let last = scalars.lastIndex(where: { !$0.isPythonWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}

extension Unicode.Scalar {
    /// White space for Python's `str.strip`: Unicode's, and the four ASCII separators U+001C to U+001F.
    package var isPythonWhitespace: Bool {
        isASCII
            ? value == 0x20 || (0x09...0x0D).contains(value) || (0x1C...0x1F).contains(value) : properties.isWhitespace
    }
}
