// Session strings in all four places a request may carry them: what decodes is a session that encodes to itself.

#include "net/wire/session_text.hpp"

#include "core/crypto/encoding.hpp"
#include "tests/fuzz/support/check.hpp"

using namespace portcullis;

namespace {

void require_sound(const std::optional<SessionText>& session) {
  if (!session) return;
  const std::string_view secret = session->secret.view();
  fuzz::require(!session->user_id.empty() && session->user_id.size() <= 36, "the id is an id");
  fuzz::require(secret.size() >= 64 && secret.size() <= 256, "the secret's length is bounded");
  fuzz::require(secret.find_first_not_of("0123456789abcdef") == std::string_view::npos, "the secret is hex");
  const std::optional<SessionText> again = decode_session(encode_session(session->user_id, secret));
  fuzz::require(again && again->user_id == session->user_id && again->secret.view() == secret, "it encodes to itself");
}

void require_sound(const http::Request& request) {
  std::vector<SentSession> sent = read_sessions(request, "shop");
  const std::string_view first = first_session_text(request, "shop");
  fuzz::require(sent.size() <= most_sessions_sent, "few are tried");
  if (sent.empty()) return;
  // The first text is tried first whenever it decodes.
  const std::string decoded = crypto::url_decode(first, false);
  if (decode_session(decoded)) fuzz::require(sent.front().text == first, "the first text is tried first");
  for (SentSession& each : sent) {
    fuzz::require(each.text.empty() != each.by_cookie_or_header, "a text as sent comes from a cookie or the header");
    require_sound(std::optional<SessionText>(std::move(each.session)));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  require_sound(decode_session(bytes));
  require_sound(decode_session(crypto::to_base64(bytes)));
  for (const std::string_view header : {"Cookie", "X-Appwrite-Session", "X-Fallback-Cookies"}) {
    http::Request request;
    request.headers.emplace_back(header, bytes);
    require_sound(request);
  }
  http::Request request;
  request.headers.emplace_back("Cookie", "a_session_shop=" + crypto::url_encode(bytes));
  require_sound(request);
  return 0;
}
