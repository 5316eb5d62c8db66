#include "net/transfer/spreadsheet.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "core/validators.hpp"

namespace portcullis::transfer {
namespace {

/// What begins a formula, as it is and as the wide forms that some spreadsheets take for the same; a tab or an end of
/// line is dropped by some, and then the next character begins one.
bool begins_formula(std::string_view text) noexcept {
  constexpr std::string_view narrow = "=+-@\t\r\n";
  constexpr std::string_view wide[] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};
  if (text.empty()) return false;
  return narrow.find(text.front()) != std::string_view::npos ||
         std::any_of(std::begin(wide), std::end(wide), [&](std::string_view each) { return text.starts_with(each); });
}

constexpr std::pair<std::string_view, bool> flags[] = {
    {"true", true},  {"false", false},    {"wahr", true},   {"falsch", false},       {"vrai", true},
    {"faux", false}, {"verdadero", true}, {"falso", false}, {"vero", true},          {"verdadeiro", true},
    {"waar", true},  {"onwaar", false},   {"prawda", true}, {"fa\xc5\x81sz", false},
};

std::optional<int> take_number(std::string_view& text, std::size_t fewest, std::size_t most) {
  std::size_t digits = 0;
  int number = 0;
  for (; digits < most && digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits)
    number = number * 10 + (text[digits] - '0');
  if (digits < fewest) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool skip(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

struct Date {
  int year = 0, month = 0, day = 0;
  bool ambiguous = false;
};

/// Two numbers, of which one is the month: dots put the day first wherever they are used.
void set_day_and_month(Date& date, int first, int second, char mark) {
  const bool is_month_first = mark != '.' && first <= 12 && second > 12;
  date.day = is_month_first ? second : first;
  date.month = is_month_first ? first : second;
  date.ambiguous = mark != '.' && first <= 12 && second <= 12 && first != second;
}

std::optional<Date> take_date(std::string_view& text) {
  Date date;
  const bool year_first = text.find_first_not_of("0123456789") == 4;
  const std::optional<int> first = take_number(text, 1, 4);
  const char mark = text.empty() ? '\0' : text.front();
  if (!first || (mark != '/' && mark != '.' && mark != '-')) return std::nullopt;
  skip(text, mark);
  const std::optional<int> second = take_number(text, 1, 2);
  if (!second || !skip(text, mark)) return std::nullopt;
  const std::optional<int> third = year_first ? take_number(text, 1, 2) : take_number(text, 4, 4);
  if (!third) return std::nullopt;
  if (year_first) return Date{*first, *second, *third};
  date.year = *third;
  set_day_and_month(date, *first, *second, mark);
  return date;
}

/// ` 10:05`, ` 10:05:00`, either with ` AM` or ` PM`, to the end of the text; nothing is midnight. As ISO 8601 has it.
std::optional<std::string> take_time(std::string_view text) {
  if (text.empty()) return "00:00:00";
  if (!skip(text, ' ')) return std::nullopt;
  std::optional<int> hour = take_number(text, 1, 2);
  if (!hour || !skip(text, ':')) return std::nullopt;
  const std::optional<int> minute = take_number(text, 2, 2);
  const std::optional<int> second = skip(text, ':') ? take_number(text, 2, 2) : 0;
  if (!minute || !second) return std::nullopt;
  if (!text.empty()) {
    skip(text, ' ');
    const std::string half = validators::ascii_lower(text);
    if ((half != "am" && half != "pm") || *hour < 1 || *hour > 12) return std::nullopt;
    hour = *hour % 12 + (half == "pm" ? 12 : 0);
  }
  std::array<char, 16> out{};
  std::snprintf(out.data(), out.size(), "%02d:%02d:%02d", *hour % 100, *minute, *second);
  return out.data();
}

}  // namespace

std::string harmless_cell(std::string text) {
  const std::size_t behind = std::min(text.find_first_not_of('\''), text.size());
  if (begins_formula(std::string_view(text).substr(behind))) text.insert(0, 1, '\'');
  return text;
}

std::string_view plain_cell(std::string_view cell) noexcept {
  const std::size_t behind = std::min(cell.find_first_not_of('\''), cell.size());
  if (behind > 0 && begins_formula(cell.substr(behind))) cell.remove_prefix(1);
  return cell;
}

std::optional<bool> read_flag(std::string_view cell) noexcept {
  const auto same = [cell](const auto& flag) {
    return std::equal(cell.begin(), cell.end(), flag.first.begin(), flag.first.end(),
                      [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a + ('a' - 'A') == b); });
  };
  const auto* const found = std::find_if(std::begin(flags), std::end(flags), same);
  return found == std::end(flags) ? std::nullopt : std::optional<bool>(found->second);
}

CellTime read_cell_time(std::string_view cell) {
  const std::optional<Date> date = take_date(cell);
  const std::optional<std::string> time = date ? take_time(cell) : std::nullopt;
  if (!time) return {};
  if (date->ambiguous) return {CellTime::Kind::ambiguous};
  std::array<char, 32> day{};
  std::snprintf(day.data(), day.size(), "%04d-%02d-%02dT", date->year, date->month, date->day);
  return {CellTime::Kind::time, day.data() + *time + "Z"};
}

}  // namespace portcullis::transfer
