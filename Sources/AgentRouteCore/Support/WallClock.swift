import AgentRouteIO

/// The time of day, for records and logs; durations come from the loop's monotonic clock.
enum WallClock {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    static func nanoseconds() -> Int64 {
        Int64(clamping: EventLoop.wallNanoseconds())
    }
}

/// A point of UTC, in the calendar.
struct CalendarTime {
    let year, month, day, hour, minute, second: Int
    /// From Sunday, 0.
    let weekday: Int

    /// The calendar time that many nanoseconds after 1970-01-01T00:00:00Z. Days are turned into dates in eras of
    /// 400 years that begin on 1 March, where the leap day is the last of a year.
    init(nanoseconds: Int64) {
        let seconds = Int(nanoseconds / 1_000_000_000)
        var days = seconds / 86_400
        let rest = seconds % 86_400
        hour = rest / 3_600
        minute = rest / 60 % 60
        second = rest % 60
        days += 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        weekday = (seconds / 86_400 + 4) % 7
    }

    /// As in a `Date` field: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
    var httpDate: String {
        func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let date = "\(days[weekday]), \(digits(day)) \(months[month - 1]) \(year)"
        return "\(date) \(digits(hour)):\(digits(minute)):\(digits(second)) GMT"
    }
}
