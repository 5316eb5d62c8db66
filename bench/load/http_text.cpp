#include "bench/load/http_text.hpp"

#include <charconv>
#include <optional>

namespace portcullis::bench {
namespace {

bool same_name(std::string_view line, std::string_view name) {
  if (line.size() <= name.size() || line[name.size()] != ':') return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = line[i] >= 'A' && line[i] <= 'Z' ? static_cast<char>(line[i] - 'A' + 'a') : line[i];
    if (c != name[i]) return false;
  }
  return true;
}

/// The value of a header; `head` is everything before the empty line.
std::optional<std::string_view> header(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at)) {
    at += 2;
    const std::string_view line = head.substr(at, head.find("\r\n", at) - at);
    if (!same_name(line, name)) continue;
    const std::size_t value = line.find_first_not_of(' ', name.size() + 1);
    return value == std::string_view::npos ? std::string_view{} : line.substr(value);
  }
  return std::nullopt;
}

}  // namespace

std::string request_text(std::string_view method, std::string_view path, std::string_view headers,
                         std::string_view body) {
  std::string text;
  text.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n").append(headers);
  if (!body.empty())
    text.append("Content-Type: application/json\r\nContent-Length: ")
        .append(std::to_string(body.size()))
        .append("\r\n");
  return text.append("\r\n").append(body);
}

std::size_t response_length(std::string_view text) {
  const std::size_t head = text.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  std::size_t body = 0;
  if (const auto length = header(text.substr(0, head), "content-length"))
    std::from_chars(length->data(), length->data() + length->size(), body);
  return text.size() >= head + 4 + body ? head + 4 + body : 0;
}

int status_of(std::string_view text) {
  int status = 0;
  if (text.size() > 12) std::from_chars(text.data() + 9, text.data() + 12, status);
  return status;
}

bool has_header(std::string_view text, std::string_view name) {
  return header(text.substr(0, text.find("\r\n\r\n")), name).has_value();
}

}  // namespace portcullis::bench
