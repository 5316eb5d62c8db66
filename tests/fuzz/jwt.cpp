// JSON Web Tokens: foreign tokens never pass under a key that did not sign them; signed claims come back whole.

#include "core/crypto/jwt.hpp"

#include <cstdint>

#include "core/json/writer.hpp"
#include "tests/fuzz/support/check.hpp"

using namespace portcullis;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  const Time now = from_millis(1'000'000);  // 1000 s
  const std::string key(32, 'k');
  if (const std::optional<json::Value> claims = crypto::verify_jwt(bytes, key, now)) {
    const std::int64_t* exp = claims->object() ? nullptr : claims->integer();
    if (const json::Object* object = claims->object())
      if (const json::Value* found = json::find(*object, "exp")) exp = found->integer();
    fuzz::require(exp == nullptr || *exp > 1000, "an expired token does not pass");
  }
  fuzz::require(!crypto::verify_jwt(bytes, std::string(32, 'x'), now), "nobody signed with this key");

  const std::string token = crypto::sign_jwt(bytes, key);
  const std::optional<json::Value> back = crypto::verify_jwt(token, key, now);
  if (!back) return 0;
  const std::optional<json::Value> claims = json::parse(bytes);
  fuzz::require(claims && json::to_text(*claims) == json::to_text(*back), "signed claims come back whole");
  fuzz::require(!crypto::verify_jwt(token, std::string(32, 'x'), now), "another key does not verify");
  std::string tampered = token;
  char& digit = tampered[tampered.rfind('.') + 1];
  digit = digit == 'A' ? 'B' : 'A';
  fuzz::require(!crypto::verify_jwt(tampered, key, now), "a changed signature does not verify");
  return 0;
}
