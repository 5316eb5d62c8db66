#include "core/json/outline.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace portcullis::json {
namespace {

/// Numbers of at most this length without an exponent are always represented exactly.
constexpr std::size_t short_number = 15;
/// A double represents every decimal of so many digits (DBL_DIG).
constexpr std::size_t always_held = 15;
constexpr std::size_t most_digits = 17;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// A number's parts by RFC 8259 section 6.
struct Parts {
  std::string_view whole, fraction, exponent;
  bool well_formed = false;
};

std::string_view take_digits(std::string_view& text) noexcept {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

Parts parts_of(std::string_view text) noexcept {
  Parts parts;
  if (text.starts_with('-')) text.remove_prefix(1);
  parts.whole = take_digits(text);
  if (parts.whole.empty() || (parts.whole.size() > 1 && parts.whole.front() == '0')) return parts;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    parts.fraction = take_digits(text);
    if (parts.fraction.empty()) return parts;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    const std::string_view from = text.substr(1);
    text = from;
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (take_digits(text).empty()) return parts;
    parts.exponent = from.substr(0, from.size() - text.size());
  }
  parts.well_formed = text.empty();
  return parts;
}

/// The digits from the first to the last that is not zero, possibly more than are stored, and the power of ten of the
/// first digit.
struct Decimal {
  std::array<char, most_digits> digits{};
  std::size_t count = 0;
  std::int64_t power = 0;
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

std::int64_t read_exponent(std::string_view text) noexcept {
  constexpr std::int64_t beyond_all = std::int64_t{1} << 40;
  if (text.empty()) return 0;
  const bool negative = text.front() == '-';
  if (!is_digit(text.front())) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  static_cast<void>(end);
  if (failure != std::errc{}) value = beyond_all;
  return negative ? -value : value;
}

Decimal decimal_of(const Parts& parts) noexcept {
  Decimal out;
  std::size_t seen = 0;  // digits, zeros in front included
  std::size_t first = 0;
  for (const std::string_view digits : {parts.whole, parts.fraction}) {
    for (const char digit : digits) {
      const std::size_t position = seen++;
      if (digit == '0') continue;
      if (out.count == 0) first = position;
      out.count = position - first + 1;
      if (out.count <= most_digits) out.digits[out.count - 1] = digit;
    }
  }
  if (out.count == 0) return out;
  for (char& digit : out.digits)
    if (digit == '\0') digit = '0';
  out.power = static_cast<std::int64_t>(parts.whole.size()) - 1 - static_cast<std::int64_t>(first) +
              read_exponent(parts.exponent);
  return out;
}

bool a_double_holds(std::string_view number, const Parts& parts) noexcept {
  constexpr std::int64_t safe_power = 300;
  const Decimal decimal = decimal_of(parts);
  if (decimal.count == 0) return true;
  if (decimal.count > most_digits) return false;
  if (decimal.count <= always_held && std::abs(decimal.power) <= safe_power) return true;
  double value = 0;
  const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), value);
  static_cast<void>(end);
  if (failure != std::errc{}) return false;
  std::array<char, 32> shortest{};
  const auto [last, too_long] =
      std::to_chars(shortest.data(), shortest.data() + shortest.size(), value, std::chars_format::scientific);
  static_cast<void>(too_long);
  const std::string_view text(shortest.data(), static_cast<std::size_t>(last - shortest.data()));
  return decimal_of(parts_of(text)) == decimal;
}

/// The end of the text that begins behind a quote.
std::size_t text_end(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2U : 1U;
  return std::min(at + 1, text.size());
}

}  // namespace

bool is_held_exactly(std::string_view number) noexcept {
  const Parts parts = parts_of(number);
  if (!parts.well_formed) return false;
  if (!parts.fraction.empty() || !parts.exponent.empty()) return a_double_holds(number, parts);
  std::int64_t value = 0;
  return std::from_chars(number.data(), number.data() + number.size(), value).ec == std::errc{};
}

Outline outline(std::string& text, std::size_t most_values) {
  constexpr std::string_view in_numbers = "0123456789+-.eE";
  Outline out;
  std::size_t numbers = 0;
  for (std::size_t at = 0; at < text.size() && out.values <= most_values;) {
    const char c = text[at];
    if (c == '"') {
      at = text_end(text, at + 1);
      continue;
    }
    if (c == ',' || c == '[' || c == '{') ++out.values;
    if (c != '-' && !is_digit(c)) {
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    bool has_exponent = false;
    for (; end < text.size() && in_numbers.find(text[end]) != std::string_view::npos; ++end)
      has_exponent = has_exponent || text[end] == 'e' || text[end] == 'E';
    const std::string_view number = std::string_view(text).substr(at, end - at);
    if ((number.size() > short_number || has_exponent) && parts_of(number).well_formed && !is_held_exactly(number)) {
      out.inexact.push_back(WrittenNumber{numbers, std::string(number)});
      text.replace(at, end - at, end - at, ' ');
      text[at] = '0';
    }
    ++numbers;
    at = end;
  }
  return out;
}

}  // namespace portcullis::json
