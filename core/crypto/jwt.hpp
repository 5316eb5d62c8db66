#pragma once
// JSON Web Tokens, HS256 only, with the header the wire uses. Source: RFC 7519, docs/contract/account.md 9.
// Any thread.

#include <optional>
#include <string>
#include <string_view>

#include "core/json/value.hpp"
#include "core/time.hpp"

namespace portcullis::crypto {

/// `claims` is JSON text; the header is `{"typ":"JWT","alg":"HS256"}`.
[[nodiscard]] std::string sign_jwt(std::string_view claims, std::string_view key);
/// The claims when the signature holds, `alg` is HS256 and `exp` > now (seconds, no leeway); at most 8 KiB of text.
[[nodiscard]] std::optional<json::Value> verify_jwt(std::string_view token, std::string_view key, Time now);

}  // namespace portcullis::crypto
