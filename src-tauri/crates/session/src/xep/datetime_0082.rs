//! XEP-0082: date and time as text, without a calendar library.

use confab_model::Timestamp;

const MS_PER_DAY: i64 = 86_400_000;

/// Reads `2002-09-10T23:41:07.123Z` or with an offset such as `-07:00`. `None` if it is not one.
pub fn parse(text: &str) -> Option<Timestamp> {
    let (date, time) = text.trim().split_once('T')?;
    let mut date = date.splitn(3, '-');
    let year = number(date.next()?, 4)?;
    let month = number(date.next()?, 2).filter(|month| (1..=12).contains(month))?;
    let day = number(date.next()?, 2).filter(|day| (1..=31).contains(day))?;
    let zone = time.find(['Z', '+', '-'])?;
    let (time, zone) = time.split_at(zone);
    let offset_ms = match zone.split_at(1) {
        ("Z", "") => 0,
        (sign, offset) => {
            let (hours, minutes) = offset.split_once(':')?;
            let minutes = number(hours, 2).filter(|h| *h < 24)? * 60 + number(minutes, 2).filter(|m| *m < 60)?;
            if sign == "-" { -minutes * 60_000 } else { minutes * 60_000 }
        }
    };
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    if !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let millis = fraction.bytes().chain(*b"000").take(3).fold(0, |ms, digit| ms * 10 + i64::from(digit - b'0'));
    let mut time = time.splitn(3, ':');
    let hour = number(time.next()?, 2).filter(|hour| *hour < 24)?;
    let minute = number(time.next()?, 2).filter(|minute| *minute < 60)?;
    // A leap second is the next second.
    let second = number(time.next()?, 2).filter(|second| *second <= 60)?;
    let of_day = ((hour * 60 + minute) * 60 + second) * 1000 + millis;
    Some(Timestamp(days_from_civil(year, month, day) * MS_PER_DAY + of_day - offset_ms))
}

/// Writes in UTC with milliseconds.
pub fn format(time: Timestamp) -> String {
    let (year, month, day) = civil_from_days(time.0.div_euclid(MS_PER_DAY));
    let of_day = time.0.rem_euclid(MS_PER_DAY);
    let (hour, minute, second) = (of_day / 3_600_000, of_day / 60_000 % 60, of_day / 1000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", of_day % 1000)
}

fn number(text: &str, digits: usize) -> Option<i64> {
    (text.len() == digits && text.bytes().all(|digit| digit.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// Days since 1970-01-01 in the Gregorian calendar, by counting from the 1st of March.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_examples_of_the_extension() {
        assert_eq!(parse("1969-07-21T02:56:15Z"), Some(Timestamp(-14_159_025_000)));
        assert_eq!(parse("1969-07-20T21:56:15-05:00"), Some(Timestamp(-14_159_025_000)));
        assert_eq!(parse("2024-02-29T12:00:00.5Z"), Some(Timestamp(1_709_208_000_500)));
        assert_eq!(parse("2024-02-29T12:00:00.123456Z"), Some(Timestamp(1_709_208_000_123)));
    }

    #[test]
    fn refuses_what_is_not_a_time() {
        for text in ["", "T", "2024-02-29", "2024-13-01T00:00:00Z", "2024-01-01T00:00:00", "2024-01-01T25:00:00Z"] {
            assert_eq!(parse(text), None, "{text}");
        }
        for text in ["2024-01-01T00:00:00.x1Z", "99999999999-01-01T00:00:00Z", "2024-01-01T00:00:00+é1:00", "é-1T"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn writes_what_it_reads() {
        for ms in (-5_000_000_000_000..5_000_000_000_000i64).step_by(37_123_456_789) {
            assert_eq!(parse(&format(Timestamp(ms))), Some(Timestamp(ms)), "{ms}");
        }
    }
}
