#include "core/time.hpp"

#include <array>

namespace portcullis {
namespace {

/// `00` to `99`.
constexpr std::array<char, 200> pairs_of_digits() {
  std::array<char, 200> text{};
  for (std::size_t i = 0; i < 100; ++i) {
    text[i * 2] = static_cast<char>('0' + i / 10);
    text[i * 2 + 1] = static_cast<char>('0' + i % 10);
  }
  return text;
}
constexpr auto digit_pairs = pairs_of_digits();

constexpr std::array<char, 29> pattern = [] {
  std::array<char, 29> text{};
  constexpr std::string_view zeros = "0000-00-00T00:00:00.000+00:00";
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = zeros[i];
  return text;
}();

void put(std::string& out, unsigned value, int digits) {
  std::array<char, 8> text{};
  for (int i = digits - 1; i >= 0; --i, value /= 10)
    text[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
  out.append(text.data(), static_cast<std::size_t>(digits));
}

/// Reads exactly `count` digits at the front.
std::optional<int> take(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool skip(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool at_digit(std::string_view text) { return !text.empty() && text.front() >= '0' && text.front() <= '9'; }

using std::chrono::days;
using std::chrono::sys_days;

/// `MM-DD` or `MMDD`.
std::optional<sys_days> take_month_and_day(std::string_view& text, std::chrono::year year, bool dashes) {
  const std::optional<int> month = take(text, 2);
  if (!month || (dashes && !skip(text, '-'))) return std::nullopt;
  const std::optional<int> day = take(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{year, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  return date.ok() ? std::optional<sys_days>(sys_days(date)) : std::nullopt;
}

/// `DDD`, the day of the year from 1.
std::optional<sys_days> take_day_of_year(std::string_view& text, std::chrono::year year) {
  const std::optional<int> day = take(text, 3);
  if (!day || *day < 1 || *day > (year.is_leap() ? 366 : 365)) return std::nullopt;
  return sys_days(year / std::chrono::January / 1) + days(*day - 1);
}

/// `ww-D` or `wwD` behind the `W`: week 1 is the one with January 4 in it, and weeks begin on Mondays.
std::optional<sys_days> take_week_and_day(std::string_view& text, std::chrono::year year, bool dashes) {
  const auto first_monday = [](std::chrono::year of) {
    const sys_days fourth = of / std::chrono::January / 4;
    return fourth - days(std::chrono::weekday(fourth).iso_encoding() - 1);
  };
  const std::optional<int> week = take(text, 2);
  if (!week || (dashes && !skip(text, '-'))) return std::nullopt;
  const std::optional<int> day = take(text, 1);
  if (!day || *week < 1 || *day < 1 || *day > 7) return std::nullopt;
  const sys_days monday = first_monday(year) + days((*week - 1) * 7);
  if (monday >= first_monday(year + std::chrono::years(1))) return std::nullopt;
  return monday + days(*day - 1);
}

/// The day; what may follow it is left.
std::optional<sys_days> take_date(std::string_view& text) {
  const std::optional<int> digits = take(text, 4);
  if (!digits) return std::nullopt;
  const std::chrono::year year{*digits};
  const bool dashes = skip(text, '-');
  if (skip(text, 'W')) return take_week_and_day(text, year, dashes);
  std::size_t more = 0;
  while (more < 4 && at_digit(text.substr(more))) ++more;
  if (more == 3) return take_day_of_year(text, year);
  return take_month_and_day(text, year, dashes);
}

/// Milliseconds of a fraction of any length, rounded down.
std::optional<int> take_fraction(std::string_view& text) {
  int millis = 0, digits = 0;
  for (; at_digit(text); text.remove_prefix(1)) {
    if (digits == 3) continue;
    millis = millis * 10 + (text.front() - '0');
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 3; ++digits) millis *= 10;
  return millis;
}

/// `hh`, `hh:mm`, `hh:mm:ss` with or without a fraction, or the same without colons.
std::optional<std::chrono::milliseconds> take_time_of_day(std::string_view& text) {
  const std::optional<int> hour = take(text, 2);
  const bool colons = skip(text, ':');
  const std::optional<int> minute = colons || at_digit(text) ? take(text, 2) : 0;
  const bool has_seconds = colons ? skip(text, ':') : at_digit(text);
  const std::optional<int> second = has_seconds ? take(text, 2) : 0;
  if (!hour || !minute || !second || *hour > 24 || *minute > 59 || *second > 60) return std::nullopt;
  std::optional<int> millis = 0;
  if (has_seconds && (skip(text, '.') || skip(text, ','))) millis = take_fraction(text);
  if (!millis) return std::nullopt;
  const std::chrono::milliseconds of_day = std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
                                           std::chrono::seconds{*second} + std::chrono::milliseconds{*millis};
  // 24:00 is the end of the day. Source: ISO 8601:2004 4.2.3.
  return *hour < 24 || of_day == days{1} ? std::optional(of_day) : std::nullopt;
}

/// Minutes east of UTC; an empty text means UTC. `Z`, `+hh`, `+hhmm`, `+hh:mm`, with or without a space in front.
std::optional<std::chrono::minutes> read_offset(std::string_view text) {
  constexpr std::string_view minus = "\xe2\x88\x92";  // U+2212, which ISO 8601 prefers to the hyphen
  if (text.empty()) return std::chrono::minutes{0};
  skip(text, ' ');
  if (text == "Z" || text == "z") return std::chrono::minutes{0};
  bool west = false;
  if (text.starts_with(minus)) {
    text.remove_prefix(minus.size());
    west = true;
  } else if (skip(text, '-')) {
    west = true;
  } else if (!skip(text, '+')) {
    return std::nullopt;
  }
  const std::optional<int> hours = take(text, 2);
  const bool has_minutes = skip(text, ':') || !text.empty();
  const std::optional<int> minutes = has_minutes ? take(text, 2) : 0;
  if (!hours || !minutes || !text.empty() || *hours > 23 || *minutes > 59) return std::nullopt;
  return std::chrono::minutes{(*hours * 60 + *minutes) * (west ? -1 : 1)};
}

}  // namespace

std::array<char, 29> iso8601(Time t) noexcept {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{day};
  const auto of_day = static_cast<std::uint32_t>((t - day).count());
  const std::uint32_t seconds = of_day / 1000, millis = of_day % 1000;
  const auto year = static_cast<std::uint32_t>(static_cast<int>(date.year()));
  // Two digits at a time: the answer to a session check carries several dates.
  std::array<char, 29> text = pattern;
  const auto put_pair = [&text](std::size_t at, std::uint32_t value) {
    text[at] = digit_pairs[value * 2];
    text[at + 1] = digit_pairs[value * 2 + 1];
  };
  put_pair(0, year / 100 % 100);
  put_pair(2, year % 100);
  put_pair(5, static_cast<unsigned>(date.month()));
  put_pair(8, static_cast<unsigned>(date.day()));
  put_pair(11, seconds / 3600);
  put_pair(14, seconds / 60 % 60);
  put_pair(17, seconds % 60);
  text[20] = static_cast<char>('0' + millis / 100);
  put_pair(21, millis % 100);
  return text;
}

std::string format_iso8601(Time t) {
  const std::array<char, 29> text = iso8601(t);
  return {text.data(), text.size()};
}

std::optional<Time> parse_iso8601(std::string_view text) noexcept {
  const std::optional<sys_days> date = take_date(text);
  if (!date) return std::nullopt;
  if (text.empty()) return *date;
  if (!skip(text, 'T') && !skip(text, 't') && !skip(text, ' ')) return std::nullopt;
  const std::optional<std::chrono::milliseconds> of_day = take_time_of_day(text);
  const std::optional<std::chrono::minutes> offset = of_day ? read_offset(text) : std::nullopt;
  if (!offset) return std::nullopt;
  const Time time = *date + *of_day - *offset;
  // The written form has four digits of year.
  constexpr sys_days first = std::chrono::year{0} / std::chrono::January / 1;
  constexpr sys_days end = std::chrono::year{10000} / std::chrono::January / 1;
  return time >= first && time < end ? std::optional<Time>(time) : std::nullopt;
}

std::string format_http_date(Time t) {
  static constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{t - day};
  std::string out(days[std::chrono::weekday{day}.c_encoding()]);
  out += ", ";
  put(out, static_cast<unsigned>(date.day()), 2);
  out.append(" ").append(months[static_cast<unsigned>(date.month()) - 1]).append(" ");
  put(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out += ' ';
  put(out, static_cast<unsigned>(clock.hours().count()), 2);
  out += ':';
  put(out, static_cast<unsigned>(clock.minutes().count()), 2);
  out += ':';
  put(out, static_cast<unsigned>(clock.seconds().count()), 2);
  out += " GMT";
  return out;
}

}  // namespace portcullis
