/// Times as the npm tool writes them: `2026-11-24T19:35:40.123Z`, always UTC and with milliseconds, as JavaScript's `toISOString`.
extension Timestamp {
    public static func iso8601(_ milliseconds: Int64) -> String {
        let time = Components(milliseconds)
        return "\(time.year, 4)-\(time.month, 2)-\(time.day, 2)T\(time.hour, 2):\(time.minute, 2):\(time.second, 2).\(time.millisecond, 3)Z"
    }

    /// Reads what `iso8601` writes, and nothing else; years 0 to 9999.
    public static func milliseconds(iso8601 text: String) -> Int64? {
        let pattern = Array("dddd-dd-ddTdd:dd:dd.dddZ".utf8)
        let bytes = Array(text.utf8)
        guard bytes.count == pattern.count else { return nil }
        var numbers: [Int64] = []
        var number: Int64?
        for (byte, expected) in zip(bytes, pattern) {
            if expected == UInt8(ascii: "d") {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                number = (number ?? 0) * 10 + Int64(byte - UInt8(ascii: "0"))
            } else {
                guard byte == expected else { return nil }
                numbers.append(number ?? 0)
                number = nil
            }
        }
        let milliseconds = Components(numbers).milliseconds
        // A day or hour that does not exist would become another.
        return iso8601(milliseconds) == text ? milliseconds : nil
    }

    /// As part of a file's name: `20261124T193540.123Z`.
    static func fileName(_ milliseconds: Int64) -> String {
        iso8601(milliseconds).filter { $0 != "-" && $0 != ":" }
    }
}

/// A time of the Gregorian calendar, UTC.
private struct Components {
    let year, month, day, hour, minute, second, millisecond: Int64

    private static let millisecondsPerDay: Int64 = 86_400_000
    /// From the first of March of the year 0, where a calendar of 400-year eras begins, to 1970.
    private static let daysBefore1970: Int64 = 719_468
    private static let daysPerEra: Int64 = 146_097

    /// - Parameter numbers: from the year to the millisecond.
    init(_ numbers: [Int64]) {
        (year, month, day) = (numbers[0], numbers[1], numbers[2])
        (hour, minute, second, millisecond) = (numbers[3], numbers[4], numbers[5], numbers[6])
    }

    init(_ milliseconds: Int64) {
        let (dayNumber, timeOfDay) = milliseconds.flooredDivision(by: Self.millisecondsPerDay)
        let (era, dayOfEra) = (dayNumber + Self.daysBefore1970).flooredDivision(by: Self.daysPerEra)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        // Months are counted from March, so that the leap day is a year's last.
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        hour = timeOfDay / 3_600_000
        minute = timeOfDay / 60_000 % 60
        second = timeOfDay / 1000 % 60
        millisecond = timeOfDay % 1000
    }

    var milliseconds: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shiftedYear.flooredDivision(by: 400)
        let shiftedMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let dayNumber = era * Self.daysPerEra + dayOfEra - Self.daysBefore1970
        return dayNumber * Self.millisecondsPerDay + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension DefaultStringInterpolation {
    /// A number with leading zeros.
    fileprivate mutating func appendInterpolation(_ number: Int64, _ width: Int) {
        let digits = String(number)
        appendLiteral(String(repeating: "0", count: max(0, width - digits.count)))
        appendLiteral(digits)
    }
}
