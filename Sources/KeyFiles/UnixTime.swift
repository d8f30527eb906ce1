/// RFC 3339 times as Unix seconds, by the proleptic Gregorian calendar.
package enum UnixTime {
    /// Nil unless `text` is a full date-time with offset. A fraction of a second is ignored; a leap second
    /// counts as the second before it.
    package static func seconds(rfc3339 text: String) -> Int64? {
        var rest = Substring(text).utf8
        guard let year = number(&rest, 4), skip(&rest, "-"), let month = number(&rest, 2), skip(&rest, "-"),
            let day = number(&rest, 2), skip(&rest, "T") || skip(&rest, "t") || skip(&rest, " "),
            let hour = number(&rest, 2), skip(&rest, ":"), let minute = number(&rest, 2), skip(&rest, ":"),
            let second = number(&rest, 2), (1...12).contains(month), (1...days(in: month, of: year)).contains(day),
            hour <= 23, minute <= 59, second <= 60
        else { return nil }
        if skip(&rest, ".") {
            let digits = rest.prefix { isDigit($0) }
            guard !digits.isEmpty else { return nil }
            rest = rest.dropFirst(digits.count)
        }
        guard let offset = offset(&rest), rest.isEmpty else { return nil }
        let dayNumber = daysSinceEpoch(year, month, day)
        return dayNumber * 86_400 + Int64(hour * 3600 + minute * 60 + min(second, 59)) - offset
    }

    /// Seconds east of UTC.
    private static func offset(_ rest: inout Substring.UTF8View) -> Int64? {
        if skip(&rest, "Z") || skip(&rest, "z") { return 0 }
        let sign: Int64 = skip(&rest, "-") ? -1 : 1
        guard sign == -1 || skip(&rest, "+"), let hours = number(&rest, 2), skip(&rest, ":"),
            let minutes = number(&rest, 2), hours <= 23, minutes <= 59
        else { return nil }
        return sign * Int64(hours * 3600 + minutes * 60)
    }

    private static func number(_ rest: inout Substring.UTF8View, _ width: Int) -> Int? {
        let digits = rest.prefix(width)
        guard digits.count == width, digits.allSatisfy(isDigit) else { return nil }
        rest = rest.dropFirst(width)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private static func skip(_ rest: inout Substring.UTF8View, _ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Years are counted from March, so that the leap day is the last day of a year.
    private static func daysSinceEpoch(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let era = shifted / 400
        let yearOfEra = shifted % 400
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }
}
