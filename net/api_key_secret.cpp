#include "net/api_key_secret.hpp"

#include "core/crypto/digest.hpp"
#include "storage/keys.hpp"

namespace portcullis {

Secret draw_key_secret(const Services& services, ProjectNo project, ApiKey& key) {
  constexpr std::size_t secret_bytes = 128;  // 256 hexadecimal digits
  std::string digits = services.random.hex(secret_bytes);
  std::string text = "standard_" + digits;
  wipe(digits);
  Secret secret = Secret::take(text);
  key.secret_hash = crypto::sha256(secret.view());
  key.sealed_secret = services.sealer.seal(secret.view(), storage::keys::api_key(project, key.id));
  return secret;
}

}  // namespace portcullis
