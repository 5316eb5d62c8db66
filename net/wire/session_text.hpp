#pragma once
// The text form of a session: base64 of `{"id":"<userId>","secret":"<hex>"}`, in cookies, headers and
// X-Fallback-Cookies. Foreign bytes in, bounded work. Source: docs/contract/account.md 2. Pure; any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.hpp"
#include "net/http/message.hpp"

namespace portcullis {

inline constexpr std::size_t selector_digits = 16;

struct SessionText {
  std::string user_id;
  Secret secret;
  [[nodiscard]] std::string selector() const { return std::string(secret.view().substr(0, selector_digits)); }
};

[[nodiscard]] std::string encode_session(std::string_view user_id, std::string_view secret);
/// Empty when the text is not a session: bad base64 or JSON, an id that is not a UID, a secret that is not 64..256 hex
/// digits.
[[nodiscard]] std::optional<SessionText> decode_session(std::string_view text);
/// The same, for a text from a cookie or X-Appwrite-Session, which may be percent-encoded.
[[nodiscard]] std::optional<SessionText> decode_sent_session(std::string_view text);
/// `a_session_<project id>`, in lower case.
[[nodiscard]] std::string session_cookie_name(std::string_view project_id);

/// A session text as it is in the request, and where it was.
struct SentSession {
  SessionText session;
  std::string_view text;             ///< as sent; empty when it came in X-Fallback-Cookies
  bool by_cookie_or_header = false;  ///< it came in a cookie or in X-Appwrite-Session
};
/// The most session texts of a request that are tried.
inline constexpr std::size_t most_sessions_sent = 8;
/// All that decode, without repetitions. Order: cookies, legacy cookies, X-Appwrite-Session, X-Fallback-Cookies.
[[nodiscard]] std::vector<SentSession> read_sessions(const http::Request& request, std::string_view project_id);
/// The first text in that order, undecoded: what read_sessions() tries first. May be empty.
[[nodiscard]] std::string_view first_session_text(const http::Request& request, std::string_view project_id);

}  // namespace portcullis
