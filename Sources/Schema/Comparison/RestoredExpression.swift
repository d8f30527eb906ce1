/// Rewrites an expression to the form that PostgreSQL prints after its dump was restored.
///
/// Within one major version a restore changes two things. The cast of an array of constants becomes a cast of each
/// element: `(ARRAY['a'::character varying])::text[]` becomes `ARRAY[('a'::character varying)::text]`. Both mean the
/// same, because a cast between array types casts every element. And the conditions that `BETWEEN`, `IN` and row
/// comparisons expand to are merged with those that follow: `((a AND b) AND c)` becomes `(a AND b AND c)`. A second
/// restore changes nothing more. Observed on PostgreSQL 15 with checks, exclusion constraints, index predicates,
/// policies, triggers, views and functions.
enum RestoredExpression {
    /// The text with casts of `ARRAY[…]` moved to its elements, without the parentheses that a restore removes, and
    /// without white space that separates nothing.
    static func of(_ text: String) -> String {
        guard text.contains("ARRAY") || text.contains(" AND ") || text.contains(" OR ") else { return text }
        var tokens = SQLTokens(text)
        var words: [String] = []
        while let token = tokens.next() { words.append(token) }
        var result: [String] = []
        rewrite(words[...], into: &result)
        return joined(result).joined(separator: "\u{0}")
    }

    /// A pair of parentheses, by the position of the opening one.
    private struct Parentheses {
        var start: Int
        /// `AND` or `OR`, if one of them joins the parts.
        var word: String?
        /// The parentheses at its beginning, and where they end.
        var first: (word: String?, end: Int)?
    }

    /// Removes the parentheses around a first part that the same word joins.
    private static func joined(_ words: [String]) -> [String] {
        var result: [String] = []
        var open: [Parentheses] = []
        for word in words {
            switch word {
            case "(": open.append(Parentheses(start: result.count))
            case ")":
                if let closed = open.popLast(), let outer = open.last, closed.start == outer.start + 1 {
                    open[open.count - 1].first = (closed.word, result.count)
                }
            case "AND", "OR":
                guard let outer = open.last, outer.word == nil else { break }
                open[open.count - 1].word = word
                if let first = outer.first, first.word == word, first.end == result.count - 1 {
                    result.remove(at: first.end)
                    result.remove(at: outer.start + 1)
                }
            default: break
            }
            result.append(word)
        }
        return result
    }

    private static func rewrite(_ words: ArraySlice<String>, into result: inout [String]) {
        var position = words.startIndex
        while position < words.endIndex {
            guard let array = castArray(at: position, in: words) else {
                result.append(words[position])
                position += 1
                continue
            }
            result += ["ARRAY", "["]
            for (index, element) in array.elements.enumerated() {
                if index > 0 { result.append(",") }
                result.append("(")
                rewrite(element, into: &result)
                result += [")", "::"] + array.type
            }
            result.append("]")
            position = array.end
        }
    }

    private struct CastArray {
        var elements: [ArraySlice<String>]
        /// The words of the element type.
        var type: ArraySlice<String>
        /// The position after the cast.
        var end: Int
    }

    /// The array `( ARRAY [ … ] ) :: type [ ]` that starts here; nil where something else does.
    private static func castArray(at start: Int, in words: ArraySlice<String>) -> CastArray? {
        guard words[start...].starts(with: ["(", "ARRAY", "["]) else { return nil }
        var depth = 0
        var first = start + 3
        var elements: [ArraySlice<String>] = []
        var position = first
        while position < words.endIndex {
            switch words[position] {
            case "(", "[": depth += 1
            case "]" where depth == 0:
                elements.append(words[first..<position])
                return cast(elements, at: position + 1, in: words)
            case ")", "]": depth -= 1
            case "," where depth == 0:
                elements.append(words[first..<position])
                first = position + 1
            default: break
            }
            position += 1
        }
        return nil
    }

    private static func cast(
        _ elements: [ArraySlice<String>], at start: Int, in words: ArraySlice<String>
    ) -> CastArray? {
        guard words[start...].starts(with: [")", "::"]),
            let end = words[start...].dropFirst(2).firstIndex(of: "["), words[end...].starts(with: ["[", "]"]),
            // Only the words of a type may stand between the cast and its brackets.
            words[(start + 2)..<end].allSatisfy({ $0.utf8.first.map(isTypeWord) ?? false })
        else { return nil }
        return CastArray(elements: elements, type: words[(start + 2)..<end], end: end + 2)
    }

    private static func isTypeWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "\""), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }
}
