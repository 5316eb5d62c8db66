#include "net/http/cookies.hpp"

#include "core/crypto/encoding.hpp"
#include "net/http/message.hpp"

namespace portcullis::http {

namespace {

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Names and attributes are the product's, but parts of them (project id, host) come from clients: characters that end
/// an attribute or a line are dropped.
void append_plain(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && c != ';' && c != ',' && c != '=' && c != '"') out.push_back(c);
  }
}

}  // namespace

std::optional<std::string_view> next_cookie(std::string_view& rest, std::string_view name) {
  while (!rest.empty()) {
    const std::size_t end = rest.find(';');
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    if (!same_token(trimmed(pair.substr(0, equals)), name)) continue;
    return trimmed(pair.substr(equals + 1));
  }
  return std::nullopt;
}

std::optional<std::string_view> find_cookie(std::string_view header, std::string_view name) {
  return next_cookie(header, name);
}

std::string format(const SetCookie& cookie) {
  std::string line;
  line.reserve(cookie.name.size() + cookie.value.size() + cookie.domain.size() + 120);
  append_plain(line, cookie.name);
  line += '=';
  line += crypto::url_encode(cookie.value);
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
