#include "core/random.hpp"

#include "core/crypto/encoding.hpp"
#include "core/crypto/sodium_once.hpp"
#include "core/secret.hpp"

namespace portcullis {

std::string Random::bytes(std::size_t count) {
  std::string out(count, '\0');
  fill({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  return out;
}

std::string Random::hex(std::size_t count) {
  std::string raw = bytes(count);
  std::string text = crypto::to_hex(raw);
  wipe(raw);
  return text;
}

void SystemRandom::fill(std::span<std::uint8_t> out) { crypto::random_bytes(out); }

}  // namespace portcullis
