// Hex, base64, base64url and percent-encoding: bytes survive both ways, and a decoded text is no longer than its
// source.

#include "core/crypto/encoding.hpp"

#include "tests/fuzz/support/check.hpp"

using namespace portcullis;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  fuzz::require(crypto::from_hex(crypto::to_hex(bytes)) == bytes, "hex");
  fuzz::require(crypto::from_base64(crypto::to_base64(bytes)) == bytes, "base64");
  fuzz::require(crypto::from_base64url(crypto::to_base64url(bytes)) == bytes, "base64url");
  fuzz::require(crypto::url_decode(crypto::url_encode(bytes), false) == bytes, "percent");
  fuzz::require(crypto::url_decode(crypto::url_encode(bytes), true) == bytes, "percent, as a form");

  const std::optional<std::string> hex = crypto::from_hex(bytes);
  fuzz::require(!hex || hex->size() * 2 == size, "two digits a byte");
  const std::optional<std::string> base64 = crypto::from_base64(bytes);
  if (base64) {
    std::string padded(bytes);
    if (padded.find('=') == std::string::npos) padded.append((4 - size % 4) % 4, '=');
    fuzz::require(crypto::to_base64(*base64) == padded, "base64 has one spelling");
  }
  const std::optional<std::string> base64url = crypto::from_base64url(bytes);
  fuzz::require(!base64url || crypto::to_base64url(*base64url) == bytes, "base64url has one spelling");
  fuzz::require(crypto::url_decode(bytes, true).size() <= size, "decoding never grows");
  return 0;
}
