#include "core/password/argon2_sodium.hpp"

#include <sodium.h>

namespace portcullis::argon2 {

bool sodium_can_hash(const Params& params, const Inputs& inputs, std::size_t tag_size) noexcept {
  return params.version == 0x13 && params.lanes == 1 && inputs.salt.size() == crypto_pwhash_SALTBYTES &&
         inputs.secret.empty() && inputs.associated.empty() && tag_size >= crypto_pwhash_BYTES_MIN &&
         params.passes >= (params.id ? 1U : 3U);
}

bool sodium_hash(const Params& params, const Inputs& inputs, std::span<std::uint8_t> tag) {
  if (sodium_init() < 0) return false;
  const int algorithm = params.id ? crypto_pwhash_ALG_ARGON2ID13 : crypto_pwhash_ALG_ARGON2I13;
  const char* password = inputs.password.empty() ? "" : reinterpret_cast<const char*>(inputs.password.data());
  return crypto_pwhash(tag.data(), tag.size(), password, inputs.password.size(), inputs.salt.data(), params.passes,
                       std::size_t{params.memory_kib} * 1024, algorithm) == 0;
}

}  // namespace portcullis::argon2
