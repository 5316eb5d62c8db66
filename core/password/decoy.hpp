#pragma once
// What a decoy is made of: everything follows from a key of the project and the e-mail, so that the same e-mail costs
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
  /// `key` has up to 64 bytes that nobody else knows.
  DecoyDraw(const Secret& key, std::string_view email);

  /// A class of those stored, each as likely as it has users; empty means that of new hashes. One user more or less of
  /// a class moves only a share of one in all e-mails: those that leave or join that class (weighted rendezvous
  /// hashing).
  [[nodiscard]] std::optional<HashClass> pick(const HashClasses& stored) const;
  /// A hash of another product that no password matches. Only for a class of one.
  [[nodiscard]] PasswordHash foreign(const HashClass& picked) const;

  [[nodiscard]] const std::string& salt() const noexcept { return salt_; }  ///< 16 bytes
  [[nodiscard]] const std::string& tag() const noexcept { return tag_; }    ///< 32 bytes

 private:
  std::array<std::uint8_t, 16> pick_key_{};
  std::string salt_;
  std::string tag_;
};

/// Argon2 is ours; all others that can be read are of other products.
[[nodiscard]] bool is_foreign(HashClass::Kind kind) noexcept;

}  // namespace portcullis
