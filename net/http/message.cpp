#include "net/http/message.hpp"

#include <algorithm>
#include <iterator>

namespace portcullis::http {

namespace {

constexpr char lowered(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

constexpr bool splits_a_line(char c) noexcept { return c == '\r' || c == '\n' || c == '\0'; }

/// Calls `use(value)` for each line of `head` with that name until it answers false.
template <class Use>
void each_value(std::string_view head, std::string_view name, Use use) {
  while (!head.empty()) {
    const std::size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + 2);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !same_token(line.substr(0, colon), name)) continue;
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    if (!use(value)) return;
  }
}

}  // namespace

std::string_view to_text(Method m) noexcept {
  switch (m) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::del:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
    case Method::other:
      return "OTHER";
  }
  return "OTHER";
}

bool same_token(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && lowered(a[i]) != lowered(b[i])) return false;
  }
  return true;
}

bool token_begins(std::string_view token, std::string_view beginning) noexcept {
  return same_token(token.substr(0, beginning.size()), beginning);
}

Headers::Headers(std::initializer_list<value_type> lines) {
  for (const value_type& line : lines) push_back(line);
}

void Headers::emplace_back(std::string_view name, std::string_view value) {
  Line line;
  line.at = static_cast<std::uint32_t>(bytes_.size());
  line.name_size = static_cast<std::uint32_t>(name.size());
  line.value_size = static_cast<std::uint32_t>(value.size());
  bytes_.append(name);
  bytes_.append(value);
  lines_.push_back(line);
}

void Headers::replace(std::string_view name, std::string_view value) {
  const std::string kept_name(name);  // either view may point into bytes_
  const std::string kept_value(value);
  std::erase_if(lines_, [&](const Line& line) {
    return same_token(std::string_view(bytes_).substr(line.at, line.name_size), kept_name);
  });
  emplace_back(kept_name, kept_value);
}

std::string_view Headers::find(std::string_view name) const noexcept {
  const std::string_view bytes = bytes_;
  for (const Line& line : lines_) {
    if (line.name_size == name.size() && same_token(bytes.substr(line.at, line.name_size), name)) {
      return bytes.substr(line.at + line.name_size, line.value_size);
    }
  }
  return {};
}

std::size_t Headers::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(begin(), end(), [&](const value_type& line) { return same_token(line.first, name); }));
}

Headers::value_type Headers::at(std::size_t index) const noexcept {
  const Line& line = lines_[index];
  const std::string_view bytes = bytes_;
  return {bytes.substr(line.at, line.name_size), bytes.substr(line.at + line.name_size, line.value_size)};
}

void Headers::reserve(std::size_t lines, std::size_t bytes) {
  lines_.reserve(lines);
  bytes_.reserve(bytes);
}

void Response::add(std::string_view name, std::string_view value) {
  head.append(name);
  head.append(": ");
  if (std::none_of(value.begin(), value.end(), splits_a_line)) {
    head.append(value);
  } else {
    std::copy_if(value.begin(), value.end(), std::back_inserter(head), [](char c) { return !splits_a_line(c); });
  }
  head.append("\r\n");
}

std::string_view Response::header(std::string_view name) const noexcept {
  std::string_view found;
  for (const std::string_view lines : {common, std::string_view(head)})
    each_value(lines, name, [&](std::string_view value) {
      if (found.empty()) found = value;
      return found.empty();
    });
  return found;
}

std::vector<std::string_view> Response::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const std::string_view lines : {common, std::string_view(head)})
    each_value(lines, name, [&](std::string_view value) {
      values.push_back(value);
      return true;
    });
  return values;
}

}  // namespace portcullis::http
