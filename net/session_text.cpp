#include "net/session_text.hpp"

#include <algorithm>

#include "core/crypto/encoding.hpp"
#include "core/json/value.hpp"
#include "core/validators.hpp"
#include "net/http/cookies.hpp"

namespace portcullis {
namespace {

constexpr std::size_t max_text = 1024;

bool is_secret(std::string_view text) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() >= 64 && text.size() <= 256 && std::all_of(text.begin(), text.end(), is_hex);
}

struct Fields {
  std::string_view id, secret;
};

/// The exact text this server writes, read without a parser; anything else goes the long way.
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
  std::optional<std::string> json = crypto::from_base64(text);
  if (!json) return std::nullopt;
  std::optional<SessionText> session;
  if (const std::optional<Fields> fields = read_canonical(*json)) {
    session = accept(fields->id, fields->secret);
  } else if (std::optional<json::Value> value = json::parse(*json)) {
    if (const json::Object* object = value->object()) {
      const json::Value* id = json::find(*object, "id");
      const json::Value* secret = json::find(*object, "secret");
      if (id && secret && id->string() && secret->string()) session = accept(*id->string(), *secret->string());
    }
    json::wipe(*value);
  }
  wipe(*json);
  return session;
}

std::string session_cookie_name(std::string_view project_id) {
  return "a_session_" + validators::ascii_lower(project_id);
}

SentSession read_session(const http::Request& request, std::string_view project_id) {
  SentSession sent;
  const std::string name = session_cookie_name(project_id);
  const std::string_view cookies = request.header("Cookie");
  if (!cookies.empty()) {
    for (const std::string& cookie_name : {name, name + "_legacy"}) {
      if (sent.session) break;
      std::optional<std::string> value = http::read_cookie(cookies, cookie_name);
      if (!value) continue;
      sent.session = decode_session(*value);
      wipe(*value);
    }
  }
  if (!sent.session) sent.session = decode_session(request.header("X-Appwrite-Session"));
  sent.by_cookie_or_header = sent.session.has_value();
  const std::string_view fallback = request.header("X-Fallback-Cookies");
  if (!sent.session && !fallback.empty()) {
    if (std::optional<json::Value> value = json::parse(fallback)) {
      const json::Object* object = value->object();
      const json::Value* text = object ? json::find(*object, name) : nullptr;
      if (object && !text) text = json::find(*object, "a_session_" + std::string(project_id));
      if (text && text->string()) {
        std::string decoded = crypto::url_decode(*text->string(), false);
        sent.session = decode_session(decoded);
        wipe(decoded);
      }
      json::wipe(*value);
    }
  }
  return sent;
}

}  // namespace portcullis
