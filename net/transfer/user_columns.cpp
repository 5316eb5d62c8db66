#include "net/transfer/user_columns.hpp"

#include <algorithm>
#include <charconv>

#include "core/json/writer.hpp"

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

json::Value from_cell(const UserColumn& column, const std::string& cell) {
  switch (column.kind) {
    case UserColumn::Kind::text:
      return json::Value(cell);
    case UserColumn::Kind::flag:
      if (cell == "true" || cell == "false") return json::Value(cell == "true");
      return json::Value(cell);
    case UserColumn::Kind::number:
      return number_of(cell);
    case UserColumn::Kind::labels:
      return labels_of(cell);
    case UserColumn::Kind::object: {
      std::optional<json::Value> value = json::parse(cell);
      return value && value->object() != nullptr ? std::move(*value) : json::Value(cell);
    }
  }
  return {};
}

std::string to_cell(const json::Value& value) {
  std::string text = plain_text(value);
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

}  // namespace portcullis::transfer
