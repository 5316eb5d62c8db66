#include "net/http/cookies.hpp"

#include "net/http/message.hpp"

namespace portcullis::http {

namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// `%XX` only: `+` stays, because raw base64 is accepted as a cookie value too. A broken escape stays as it is.
std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low < 0) {
      out.push_back(text[i]);
      continue;
    }
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

bool is_unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == '~';
}

void append_encoded(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(hex_digits[byte >> 4U]);
    out.push_back(hex_digits[byte & 15U]);
  }
}

/// Names and attributes come from the product, but parts of them (project id, host) from clients: nothing that ends
/// an attribute or a line gets through.
void append_plain(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && c != ';' && c != ',' && c != '=' && c != '"') out.push_back(c);
  }
}

}  // namespace

std::optional<std::string> read_cookie(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const std::size_t end = header.find(';');
    const std::string_view pair = header.substr(0, end);
    header.remove_prefix(end == std::string_view::npos ? header.size() : end + 1);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    if (!same_token(trimmed(pair.substr(0, equals)), name)) continue;
    return percent_decoded(trimmed(pair.substr(equals + 1)));
  }
  return std::nullopt;
}

std::string format(const SetCookie& cookie) {
  std::string line;
  line.reserve(cookie.name.size() + cookie.value.size() + cookie.domain.size() + 120);
  append_plain(line, cookie.name);
  line += '=';
  append_encoded(line, cookie.value);
  line += "; Expires=";
  line += format_http_date(cookie.expires);
  line += "; Path=/";
  if (!cookie.domain.empty()) {
    line += "; Domain=";
    append_plain(line, cookie.domain);
  }
  if (cookie.secure) line += "; Secure";
  if (cookie.http_only) line += "; HttpOnly";
  if (!cookie.same_site.empty()) {
    line += "; SameSite=";
    append_plain(line, cookie.same_site);
  }
  return line;
}

}  // namespace portcullis::http
