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

std::array<char, 29> iso8601(Time t) noexcept {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{day};
  const auto of_day = static_cast<std::uint32_t>((t - day).count());
  const std::uint32_t seconds = of_day / 1000, millis = of_day % 1000;
  const auto year = static_cast<std::uint32_t>(static_cast<int>(date.year()));
  // Two digits at a time: every answer of a session check carries several dates.
  std::array<char, 29> text = pattern;
  const auto place = [&text](std::size_t at, std::uint32_t value) {
    text[at] = digit_pairs[value * 2];
    text[at + 1] = digit_pairs[value * 2 + 1];
  };
  place(0, year / 100 % 100);
  place(2, year % 100);
  place(5, static_cast<unsigned>(date.month()));
  place(8, static_cast<unsigned>(date.day()));
  place(11, seconds / 3600);
  place(14, seconds / 60 % 60);
  place(17, seconds % 60);
  text[20] = static_cast<char>('0' + millis / 100);
  place(21, millis % 100);
  return text;
}

std::string format_iso8601(Time t) {
  const std::array<char, 29> text = iso8601(t);
  return {text.data(), text.size()};
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
