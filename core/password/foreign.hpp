#pragma once
// Hashes made by other products, as the users service imports them: read once with every cost bounded, then verified on
// a hash thread. Source: docs/contract/users.md 4.1 for the algorithms. Immutable; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/hashing/pool.hpp"
#include "core/password/hash_class.hpp"
#include "core/user.hpp"

namespace portcullis {

/// The highest costs that are verified, on any machine. What an import may bring is bounded by time, too (hasher.hpp).
struct ForeignBounds {
  static constexpr std::uint32_t bcrypt_cost = 16;
  static constexpr std::uint32_t phpass_log2 = 22;
  static constexpr std::uint64_t scrypt_work = std::uint64_t{1} << 23;  ///< N * r * p
  static constexpr std::uint32_t scrypt_blocks = 8192;                  ///< r * p
  std::uint32_t memory_kib = 65536;                                     ///< of scrypt: N * r / 8
};

/// PHPass's sixty-four digits, by value.
inline constexpr std::string_view phpass_digits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The 23 bytes at the end of a bcrypt hash's text; empty when they cannot be read.
[[nodiscard]] std::optional<std::string> bcrypt_digest(std::string_view text);

class ForeignHash {
 public:
  /// The values of CostClass::kind; 0 is Argon2.
  enum class Kind : std::uint8_t { md5 = 1, sha, bcrypt, phpass, scrypt, scrypt_modified };

  /// Empty: not one of these algorithms, malformed, or over the bounds. `why` then completes "the hash ..." for people.
  [[nodiscard]] static std::optional<ForeignHash> read(const PasswordHash& stored, const ForeignBounds& bounds,
                                                       std::string_view* why = nullptr);

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] CostClass cost() const noexcept;
  [[nodiscard]] HashClass hash_class() const noexcept;
  /// True when a check takes a negligible time beside an Argon2id.
  [[nodiscard]] bool is_fast() const noexcept;
  /// Why no password can match, completing "the hash ..."; empty for a hash whose digest can be read. Reading and costs
  /// do not depend on it, so that an unreadable hash that was stored long ago costs what its class costs.
  [[nodiscard]] std::string_view unreadable() const noexcept { return unreadable_; }
  /// The comparison is in constant time. Allocates what its library needs; throws std::bad_alloc without memory.
  [[nodiscard]] bool matches(std::string_view password) const;
  /// False when other passwords have the same hash, because the algorithm ignores part of them: a match then does not
  /// prove this password.
  [[nodiscard]] bool sees_whole(std::string_view password) const noexcept;

 private:
  struct Reader;
  Kind kind_ = Kind::md5;
  std::string encoded_;  ///< bcrypt and PHPass: the text
  std::string digest_;   ///< the bytes that are compared; empty when they cannot be read
  std::string_view unreadable_;
  bool wordpress_ = false;  ///< bcrypt of a digest of the password
  std::string detail_;      ///< sha: the version; scrypt: the salt; modified: salt and separator, decoded
  std::string signer_;      ///< modified: the signer key, decoded
  std::uint64_t n_ = 0;
  std::uint32_t r_ = 0;
  std::uint32_t p_ = 0;
  std::uint32_t length_ = 0;
  std::uint32_t log2_ = 0;  ///< bcrypt's cost, PHPass's rounds
};

}  // namespace portcullis
