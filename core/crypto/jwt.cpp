#include "core/crypto/jwt.hpp"

#include "core/crypto/digest.hpp"
#include "core/crypto/encoding.hpp"
#include "core/secret.hpp"

namespace portcullis::crypto {
namespace {

constexpr std::string_view header_json = R"({"typ":"JWT","alg":"HS256"})";
constexpr std::size_t max_text = 8 * 1024;

std::string_view as_text(const Sha256& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

std::optional<json::Value> parse_part(std::string_view part) {
  const std::optional<std::string> text = from_base64url(part);
  if (!text) return std::nullopt;
  std::optional<json::Value> value = json::parse(*text);
  if (!value || !value->object()) return std::nullopt;
  return value;
}

bool is_hs256(const json::Value& header) {
  const json::Value* algorithm = json::find(*header.object(), "alg");
  return algorithm && algorithm->string() && *algorithm->string() == "HS256";
}

}  // namespace

std::string sign_jwt(std::string_view claims, std::string_view key) {
  constexpr std::size_t signature_chars = 64;
  std::string token = to_base64url(header_json) + "." + to_base64url(claims);
  token.reserve(token.size() + signature_chars);  // not reallocated once it is signed: no copy stays behind
  const Sha256 signature = hmac_sha256(key, token);
  return token.append(1, '.').append(to_base64url(as_text(signature)));
}

std::optional<json::Value> verify_jwt(std::string_view token, std::string_view key, Time now) {
  if (token.size() > max_text) return std::nullopt;
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  if (first == std::string_view::npos || first == last || token.find('.', first + 1) != last) return std::nullopt;
  const std::optional<std::string> signature = from_base64url(token.substr(last + 1));
  const Sha256 expected = hmac_sha256(key, token.substr(0, last));
  if (!signature || !constant_time_equal(*signature, as_text(expected))) return std::nullopt;
  const std::optional<json::Value> header = parse_part(token.substr(0, first));
  if (!header || !is_hs256(*header)) return std::nullopt;
  std::optional<json::Value> claims = parse_part(token.substr(first + 1, last - first - 1));
  if (!claims) return std::nullopt;
  const json::Value* expires = json::find(*claims->object(), "exp");
  if (!expires || !expires->integer() || to_millis(now) / 1000 >= *expires->integer()) return std::nullopt;
  return claims;
}

}  // namespace portcullis::crypto
