#pragma once
// What a decoy is made of. All of it follows from a key of the project and the e-mail, so that the same e-mail costs
// the same every time, after a restart too. Immutable; any thread.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/password/hash_class.hpp"
#include "core/secret.hpp"

namespace portcullis {

class DecoyDraw {
 public:
  /// `key` has up to 64 secret bytes.
  DecoyDraw(const Secret& key, std::string_view email);

  /// One of the stored classes, each with a probability proportional to its users; empty means the class of new hashes.
  /// One user more or less of a class changes the class of only a proportional share of all e-mails: those that join or
  /// leave that class (weighted rendezvous hashing).
  [[nodiscard]] std::optional<HashClass> pick(const HashClasses& stored) const;
  /// A hash of another product that no password matches. Only for a class that is_foreign().
  [[nodiscard]] PasswordHash foreign(const HashClass& picked) const;

  [[nodiscard]] const std::string& salt() const noexcept { return salt_; }  ///< 16 bytes
  [[nodiscard]] const std::string& tag() const noexcept { return tag_; }    ///< 32 bytes

 private:
  std::array<std::uint8_t, 16> pick_key_{};
  std::string salt_;
  std::string tag_;
};

/// All readable kinds but Argon2 are of other products.
[[nodiscard]] bool is_foreign(HashClass::Kind kind) noexcept;

}  // namespace portcullis
