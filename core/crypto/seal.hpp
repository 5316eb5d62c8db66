#pragma once
// Encryption of secrets that must be used or returned again: XChaCha20-Poly1305 with the record's key as associated
// data, under a key in its own 0600 file. Thread-safe after construction.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/secret.hpp"

namespace portcullis {
class Random;
}

namespace portcullis::crypto {

/// Sealed text layout: 1 byte format (1), 4 bytes key id, 24 bytes nonce, ciphertext with 16-byte tag.
class Sealer {
 public:
  /// `key` is 32 bytes.
  Sealer(Secret key, Random& random);
  ~Sealer();
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;

  [[nodiscard]] std::string seal(std::string_view plain, std::string_view associated) const;
  /// Empty when the key id, the tag or the associated data do not match.
  [[nodiscard]] std::optional<Secret> open(std::string_view sealed, std::string_view associated) const;

 private:
  Secret key_;
  std::string key_id_;
  Random& random_;
};

/// Reads the 32-byte key from `file` (hex text); creates it with mode 0600, flushed with its folder, when `create` and
/// it is absent. Throws std::runtime_error naming the file when it is unreadable, malformed, or readable by others.
[[nodiscard]] Secret load_or_create_seal_key(const std::filesystem::path& file, Random& random, bool create);

}  // namespace portcullis::crypto
