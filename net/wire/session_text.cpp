#include "net/wire/session_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/crypto/encoding.hpp"
#include "core/json/value.hpp"
#include "core/validators.hpp"
#include "net/http/cookies.hpp"

namespace portcullis {
namespace {

constexpr std::size_t max_text = 1024;
constexpr std::string_view cookie_prefix = "a_session_";
constexpr std::string_view legacy_suffix = "_legacy";

/// 1 for every byte that is not a lowercase hexadecimal digit.
constexpr std::array<std::uint8_t, 256> not_hex = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c) table[c] = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ? 0 : 1;
  return table;
}();

bool is_secret(std::string_view text) {
  if (text.size() < 64 || text.size() > 256) return false;
  unsigned others = 0;
  for (const char c : text) others |= not_hex[static_cast<unsigned char>(c)];
  return others == 0;
}

struct Fields {
  std::string_view id, secret;
};

/// Reads the exact text that this server writes, without a parser; any other text takes the general path.
std::optional<Fields> read_canonical(std::string_view json) {
  constexpr std::string_view open = R"({"id":")";
  constexpr std::string_view middle = R"(","secret":")";
  constexpr std::string_view close = R"("})";
  if (!json.starts_with(open) || !json.ends_with(close)) return std::nullopt;
  const std::size_t at = json.find(middle, open.size());
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t from = at + middle.size();
  if (from + close.size() > json.size()) return std::nullopt;
  return Fields{json.substr(open.size(), at - open.size()), json.substr(from, json.size() - close.size() - from)};
}

std::optional<SessionText> accept(std::string_view id, std::string_view secret) {
  if (!validators::is_uid(id) || !is_secret(secret)) return std::nullopt;
  return SessionText{std::string(id), Secret(secret)};
}

/// The value of a cookie: percent-encoded base64, or plain base64, so `+` stays.
std::optional<SessionText> decode_cookie(std::string_view value) {
  if (value.find('%') == std::string_view::npos) return decode_session(value);
  std::string decoded = crypto::url_decode(value, false);
  std::optional<SessionText> session = decode_session(decoded);
  wipe(decoded);
  return session;
}

/// `a_session_<id>`, or with `_legacy`, in the id's own case: cookie names are compared ignoring case.
class CookieName {
 public:
  CookieName(std::string_view project_id, bool legacy) {
    const std::string_view suffix = legacy ? legacy_suffix : std::string_view{};
    for (const std::string_view part : {cookie_prefix, project_id, suffix}) {
      const std::size_t fitting = std::min(part.size(), text_.size() - size_);  // an id has 36 characters at most
      std::copy_n(part.begin(), fitting, text_.data() + size_);
      size_ += fitting;
    }
  }
  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

 private:
  std::array<char, 64> text_;
  std::size_t size_ = 0;
};

/// Collects the sessions that decode, up to a limit.
class Sessions {
 public:
  /// False: the limit is reached.
  bool add(std::string_view text, bool by_cookie_or_header) {
    std::optional<SessionText> session = decode_cookie(text);
    const auto is_same = [&](const SentSession& each) {
      return each.session.user_id == session->user_id && each.session.secret.view() == session->secret.view();
    };
    if (session && std::none_of(found_.begin(), found_.end(), is_same))
      found_.push_back(
          SentSession{std::move(*session), by_cookie_or_header ? text : std::string_view{}, by_cookie_or_header});
    return found_.size() < most_sessions_sent;
  }
  [[nodiscard]] std::vector<SentSession> take() { return std::move(found_); }

 private:
  std::vector<SentSession> found_;
};

bool add_cookies(Sessions& sessions, std::string_view header, std::string_view name) {
  while (const std::optional<std::string_view> value = http::next_cookie(header, name))
    if (!sessions.add(*value, true)) return false;
  return true;
}

void add_fallback(Sessions& sessions, std::string_view header, std::string_view project_id) {
  std::optional<json::Value> value = json::parse(header);
  if (!value) return;
  if (const json::Object* const object = value->object())
    for (const std::string& name :
         {session_cookie_name(project_id), std::string(cookie_prefix) + std::string(project_id)}) {
      const json::Value* const text = json::find(*object, name);
      if (text && text->string() && !sessions.add(*text->string(), false)) break;
    }
  json::wipe(*value);
}

}  // namespace

std::string encode_session(std::string_view user_id, std::string_view secret) {
  std::string json = R"({"id":")";
  json.append(user_id).append(R"(","secret":")").append(secret).append(R"("})");
  std::string text = crypto::to_base64(json);
  wipe(json);
  return text;
}

std::optional<SessionText> decode_session(std::string_view text) {
  if (text.empty() || text.size() > max_text) return std::nullopt;
  std::array<char, max_text> bytes;  // NOLINT: written before it is read
  const std::optional<std::size_t> size = crypto::from_base64(text, bytes);
  if (!size) {
    wipe(bytes.data(), bytes.size());  // it may hold part of a secret
    return std::nullopt;
  }
  const std::string_view json(bytes.data(), *size);
  std::optional<SessionText> session;
  if (const std::optional<Fields> fields = read_canonical(json)) {
    session = accept(fields->id, fields->secret);
  } else if (std::optional<json::Value> value = json::parse(json)) {
    if (const json::Object* object = value->object()) {
      const json::Value* id = json::find(*object, "id");
      const json::Value* secret = json::find(*object, "secret");
      if (id && secret && id->string() && secret->string()) session = accept(*id->string(), *secret->string());
    }
    json::wipe(*value);
  }
  wipe(bytes.data(), *size);
  return session;
}

std::optional<SessionText> decode_sent_session(std::string_view text) { return decode_cookie(text); }

std::string session_cookie_name(std::string_view project_id) {
  return std::string(cookie_prefix) + validators::ascii_lower(project_id);
}

std::vector<SentSession> read_sessions(const http::Request& request, std::string_view project_id) {
  Sessions sessions;
  const std::string_view cookies = request.header("Cookie");
  for (const bool legacy : {false, true})
    if (!add_cookies(sessions, cookies, CookieName(project_id, legacy).view())) return sessions.take();
  for (const auto& [name, value] : request.headers)
    if (http::same_token(name, "X-Appwrite-Session") && !sessions.add(value, true)) return sessions.take();
  const std::string_view fallback = request.header("X-Fallback-Cookies");
  if (!fallback.empty()) add_fallback(sessions, fallback, project_id);
  return sessions.take();
}

std::string_view first_session_text(const http::Request& request, std::string_view project_id) {
  const std::string_view cookies = request.header("Cookie");
  if (!cookies.empty())
    for (const bool legacy : {false, true})
      if (const auto value = http::find_cookie(cookies, CookieName(project_id, legacy).view())) return *value;
  return request.header("X-Appwrite-Session");
}

}  // namespace portcullis
