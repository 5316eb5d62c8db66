#include "net/transfer/user_columns.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/json/writer.hpp"
#include "core/time.hpp"
#include "net/transfer/spreadsheet.hpp"

namespace portcullis::transfer {
namespace {

json::Value labels_of(std::string_view cell) {
  json::Array labels;
  while (!cell.empty()) {
    const std::size_t end = std::min(cell.find(' '), cell.size());
    if (end > 0) labels.emplace_back(std::string(cell.substr(0, end)));
    cell.remove_prefix(std::min(end + 1, cell.size()));
  }
  return json::Value(std::move(labels));
}

json::Value number_of(const std::string& cell) {
  std::int64_t number = 0;
  const char* const end = cell.data() + cell.size();
  const auto [rest, failure] = std::from_chars(cell.data(), end, number);
  if (failure != std::errc{} || rest != end) return json::Value(cell);
  return json::Value(number);
}

std::string plain_text(const json::Value& value) {
  if (value.string() != nullptr) return *value.string();
  if (value.boolean() != nullptr) return *value.boolean() ? "true" : "false";
  std::string text;
  if (const json::Array* const labels = value.array()) {
    for (const json::Value& each : *labels) {
      if (!text.empty()) text += ' ';
      if (each.string() != nullptr) text += *each.string();
    }
    return text;
  }
  json::Writer(text, json::Writer::Slashes::plain).value(value);
  return text;
}

}  // namespace

const UserColumn* find_column(std::string_view name) noexcept {
  const auto* const found =
      std::find_if(user_columns.begin(), user_columns.end(), [&](const UserColumn& each) { return each.name == name; });
  return found == user_columns.end() ? nullptr : found;
}

std::optional<json::Value> from_cell(const UserColumn& column, std::string_view cell) {
  const std::string text = plain_cell(cell);
  switch (column.kind) {
    case UserColumn::Kind::text:
      return json::Value(text);
    case UserColumn::Kind::flag:
      if (const std::optional<bool> flag = read_flag(text)) return json::Value(*flag);
      return json::Value(text);
    case UserColumn::Kind::number:
      return number_of(text);
    case UserColumn::Kind::time: {
      if (parse_iso8601(text)) return json::Value(text);
      CellTime time = read_cell_time(text);
      if (time.kind == CellTime::Kind::ambiguous) return std::nullopt;
      return json::Value(time.kind == CellTime::Kind::time ? std::move(time.iso) : text);
    }
    case UserColumn::Kind::labels:
      return labels_of(text);
    case UserColumn::Kind::object: {
      std::optional<json::Value> value = json::parse(cell);  // an apostrophe in it belongs to the value
      return value && value->object() != nullptr ? std::move(*value) : json::Value(text);
    }
  }
  return json::Value();
}

std::string to_cell(const json::Value& value) {
  const std::string plain = plain_text(value);
  const std::string text = value.object() != nullptr ? harmless_json(plain) : harmless_cell(plain);
  if (text.find_first_of(",;\t\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

}  // namespace portcullis::transfer
