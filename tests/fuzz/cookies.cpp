// Cookie headers: the first line is the name looked for, the rest the header. Any value survives Set-Cookie and back.

#include "net/http/cookies.hpp"

#include "core/crypto/encoding.hpp"
#include "tests/fuzz/support/check.hpp"

using namespace portcullis;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [name, header] = fuzz::first_line(fuzz::text_of(data, size));
  const std::optional<std::string_view> found = http::find_cookie(header, name);
  fuzz::require(!found || found->size() <= header.size(), "a value is no longer than its header");

  http::SetCookie cookie;
  cookie.name = "a_session_shop";
  cookie.value = std::string(header);
  const std::string line = http::format(cookie);
  fuzz::require(line.find_first_of("\r\n") == std::string::npos, "a value cannot split the header");
  const std::string sent = line.substr(0, line.find(';'));
  const std::string cookies = "other=1; " + sent;
  const std::optional<std::string_view> back = http::find_cookie(cookies, "A_SESSION_SHOP");
  fuzz::require(back && crypto::url_decode(*back, false) == cookie.value, "a value survives the trip");
  return 0;
}
