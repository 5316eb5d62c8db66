#include "core/time.hpp"

#include <array>

namespace portcullis {
namespace {

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

/// Milliseconds of a fraction of any length up to nine digits.
std::optional<int> take_fraction(std::string_view& text) {
  int millis = 0, digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9' && digits < 9) {
    if (digits < 3) millis = millis * 10 + (text.front() - '0');
    ++digits;
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 3; ++digits) millis *= 10;
  return millis;
}

/// Minutes east of UTC; nothing means UTC.
std::optional<int> take_offset(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return 0;
  const char sign = text.front();
  if (sign != '+' && sign != '-') return std::nullopt;
  text.remove_prefix(1);
  const std::optional<int> hours = take(text, 2);
  skip(text, ':');
  const std::optional<int> minutes = take(text, 2);
  if (!hours || !minutes || !text.empty() || *hours > 23 || *minutes > 59) return std::nullopt;
  return (*hours * 60 + *minutes) * (sign == '-' ? -1 : 1);
}

}  // namespace

void append_iso8601(std::string& out, Time t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{t - day};
  // In place: every answer of a session check carries several dates.
  char text[] = "0000-00-00T00:00:00.000+00:00";
  const auto place = [&text](std::size_t at, std::size_t digits, unsigned value) {
    for (std::size_t i = digits; i-- > 0; value /= 10) text[at + i] = static_cast<char>('0' + value % 10);
  };
  place(0, 4, static_cast<unsigned>(static_cast<int>(date.year())));
  place(5, 2, static_cast<unsigned>(date.month()));
  place(8, 2, static_cast<unsigned>(date.day()));
  place(11, 2, static_cast<unsigned>(clock.hours().count()));
  place(14, 2, static_cast<unsigned>(clock.minutes().count()));
  place(17, 2, static_cast<unsigned>(clock.seconds().count()));
  place(20, 3, static_cast<unsigned>(clock.subseconds().count()));
  out.append(text, sizeof text - 1);
}

std::string format_iso8601(Time t) {
  std::string out;
  out.reserve(32);
  append_iso8601(out, t);
  return out;
}

std::optional<Time> parse_iso8601(std::string_view text) noexcept {
  const std::optional<int> year = take(text, 4);
  if (!year || !skip(text, '-')) return std::nullopt;
  const std::optional<int> month = take(text, 2);
  if (!month || !skip(text, '-')) return std::nullopt;
  const std::optional<int> day = take(text, 2);
  if (!day || !(skip(text, 'T') || skip(text, ' '))) return std::nullopt;
  const std::optional<int> hour = take(text, 2);
  if (!hour || !skip(text, ':')) return std::nullopt;
  const std::optional<int> minute = take(text, 2);
  if (!minute || !skip(text, ':')) return std::nullopt;
  const std::optional<int> second = take(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  int millis = 0;
  if (skip(text, '.')) {
    const std::optional<int> fraction = take_fraction(text);
    if (!fraction) return std::nullopt;
    millis = *fraction;
  }
  const std::optional<int> offset = take_offset(text);
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!offset || !date.ok()) return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute - *offset} +
         std::chrono::seconds{*second} + std::chrono::milliseconds{millis};
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
