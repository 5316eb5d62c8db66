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

/// The beginnings of formulas: the ASCII characters, and the full-width ones that some spreadsheet programs accept for
/// them, each with its JSON escape.
constexpr std::pair<std::string_view, std::string_view> operators[] = {
    {"=", "\\u003d"},
    {"+", "\\u002b"},
    {"-", "\\u002d"},
    {"@", "\\u0040"},
    {"\xef\xbc\x9d", "\\uff1d"},
    {"\xef\xbc\x8b", "\\uff0b"},
    {"\xef\xbc\x8d", "\\uff0d"},
    {"\xef\xbc\xa0", "\\uff20"},
};

/// After these a spreadsheet program begins another cell if it uses another separator than the file, or ignores quotes.
/// Some drop blanks at the front of a cell.
constexpr std::string_view begins_cell = ",;\t\"\r\n";

/// Null when the text does not begin with one.
const std::pair<std::string_view, std::string_view>* find_operator(std::string_view text) noexcept {
  const auto* const found = std::find_if(std::begin(operators), std::end(operators),
                                         [&](const auto& each) { return text.starts_with(each.first); });
  return found == std::end(operators) ? nullptr : found;
}

/// Some spreadsheet programs drop a tab or line end at the front of a cell, so that the next character begins a
/// formula.
bool begins_formula(std::string_view text) noexcept {
  constexpr std::string_view dropped = "\t\r\n";
  return find_operator(text) != nullptr || (!text.empty() && dropped.find(text.front()) != std::string_view::npos);
}

/// Replaces the n apostrophes before each formula by `count(n)` of them, at the front of the text and wherever another
/// cell may begin. What is a formula does not depend on n, so adding one here and removing one later are inverse.
template <class Count>
std::string with_apostrophes(std::string_view text, Count count) {
  std::string out;
  out.reserve(text.size() + 1);
  for (bool at_front = true;; at_front = false) {
    const std::size_t blanks = at_front ? 0 : std::min(text.find_first_not_of(' '), text.size());
    out.append(text, 0, blanks);
    text.remove_prefix(blanks);
    const std::size_t before = std::min(text.find_first_not_of('\''), text.size());
    text.remove_prefix(before);
    const bool is_formula = at_front ? begins_formula(text) : find_operator(text) != nullptr;
    out.append(is_formula ? count(before) : before, '\'');
    const std::size_t end = text.find_first_of(begins_cell);
    if (end == std::string_view::npos) return out.append(text);
    out.append(text, 0, end + 1);
    text.remove_prefix(end + 1);
  }
}

constexpr std::pair<std::string_view, bool> flags[] = {
    {"true", true},          {"false", false},        {"1", true},         {"0", false},        {"wahr", true},
    {"falsch", false},       {"vrai", true},          {"faux", false},     {"falso", false},    {"verdadero", true},
    {"vero", true},          {"verdadeiro", true},    {"waar", true},      {"onwaar", false},   {"prawda", true},
    {"fa\xc5\x82sz", false}, {"fa\xc5\x81sz", false}, {"yes", true},       {"no", false},       {"ja", true},
    {"nein", false},         {"nee", false},          {"oui", true},       {"non", false},      {"si", true},
    {"s\xc3\xad", true},     {"s\xc3\x8d", true},     {"s\xc3\xac", true}, {"s\xc3\x8c", true}, {"sim", true},
    {"n\xc3\xa3o", false},   {"n\xc3\x83o", false},   {"tak", true},       {"nie", false},
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

/// Two numbers, one of which is the month: everywhere dots are used, the day comes first.
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

/// ` 10:05` or ` 10:05:00`, optionally followed by ` AM` or ` PM` and preceded by a comma, up to the end of the text;
/// an empty text is midnight. In the form of ISO 8601.
std::optional<std::string> take_time(std::string_view text) {
  if (text.empty()) return "00:00:00";
  skip(text, ',');
  if (!skip(text, ' ')) return std::nullopt;
  std::optional<int> hour = take_number(text, 1, 2);
  if (!hour || !skip(text, ':')) return std::nullopt;
  const std::optional<int> minute = take_number(text, 2, 2);
  const std::optional<int> second = skip(text, ':') ? take_number(text, 2, 2) : 0;
  if (!minute || !second) return std::nullopt;
  if (!text.empty()) {
    constexpr std::string_view narrow_blank = "\xe2\x80\xaf";  // U+202F, which browsers write since CLDR 42
    if (!skip(text, ' ') && text.starts_with(narrow_blank)) text.remove_prefix(narrow_blank.size());
    const std::string half = validators::ascii_lower(text);
    if ((half != "am" && half != "pm") || *hour < 1 || *hour > 12) return std::nullopt;
    hour = *hour % 12 + (half == "pm" ? 12 : 0);
  }
  std::array<char, 16> out{};
  std::snprintf(out.data(), out.size(), "%02d:%02d:%02d", *hour % 100, *minute, *second);
  return out.data();
}

}  // namespace

std::string harmless_cell(std::string_view text) {
  return with_apostrophes(text, [](std::size_t before) { return before + 1; });
}

std::string plain_cell(std::string_view cell) {
  return with_apostrophes(cell, [](std::size_t before) { return before > 0 ? before - 1 : 0; });
}

std::string harmless_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  bool in_text = false, at_cell = false;
  while (!json.empty()) {
    const auto* const found = in_text && at_cell ? find_operator(json) : nullptr;
    if (found != nullptr) {
      out += found->second;
      json.remove_prefix(found->first.size());
      at_cell = false;
      continue;
    }
    const std::size_t size = in_text && json.starts_with('\\') ? 2 : 1;
    const char last = json[size - 1];
    if (size == 1 && last == '"') in_text = !in_text;
    at_cell = begins_cell.find(last) != std::string_view::npos || (at_cell && (last == ' ' || last == '\''));
    out.append(json, 0, size);
    json.remove_prefix(size);
  }
  return out;
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
