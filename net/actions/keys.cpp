#include "net/actions/keys.hpp"

#include "core/crypto/digest.hpp"
#include "net/actions/sealed.hpp"
#include "storage/api_keys.hpp"

namespace portcullis {

Secret draw_key_secret(const Services& services, ProjectNo project, ApiKey& key, KeyKind kind) {
  constexpr std::size_t secret_bytes = 128;  // 256 hexadecimal digits
  std::string digits = services.random.hex(secret_bytes);
  std::string text = kind == KeyKind::api ? "standard_" + digits : digits;
  wipe(digits);
  Secret secret = Secret::take(text);
  key.secret_hash = crypto::sha256(secret.view());
  key.sealed_secret = services.sealer.seal(secret.view(), storage::keys::key_of(project, kind, key.id));
  return secret;
}

result<Secret> open_key_secret(const Services& services, ProjectNo project, const ApiKey& key, KeyKind kind) {
  return unseal(services.sealer, key.sealed_secret, storage::keys::key_of(project, kind, key.id));
}

}  // namespace portcullis
