#pragma once
// What decides how long a stored hash takes to check, and how many users of a project have a hash of each such class:
// decoys are drawn from these counts. Pure; any thread.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/user.hpp"

namespace portcullis {

/// Hashes of one class take the same time. Digests of MD5 and SHA, salts and lengths of output are no part of it:
/// beside the Argon2id that follows, or the work itself, they take microseconds.
struct HashClass {
  /// Stores keep these numbers.
  enum class Kind : std::uint8_t {
    unreadable,  ///< matches nothing, and costs what a new hash costs
    md5,
    sha,
    bcrypt,
    phpass,
    scrypt,
    scrypt_modified,
    argon2id,
    argon2i
  };
  Kind kind = Kind::unreadable;
  std::uint32_t work = 0;    ///< Argon2's passes, bcrypt's cost; of PHPass's rounds and scrypt's N the binary logarithm
  std::uint32_t memory = 0;  ///< Argon2's KiB, scrypt's r
  std::uint32_t lanes = 0;   ///< Argon2's lanes, scrypt's p
  std::uint32_t version = 0;  ///< Argon2's
  friend auto operator<=>(const HashClass&, const HashClass&) = default;
};

/// Empty for no password. What this machine may verify is not asked.
[[nodiscard]] std::optional<HashClass> class_of(const PasswordHash& stored);
/// For people: `bcrypt work 12`, `argon2id work 2 memory 19456 lanes 1 version 19`.
[[nodiscard]] std::string describe(const HashClass& one);

/// How many users have a hash of each class. A class is counted on its own as long as there is room when its first user
/// comes; the users of those that came later are counted together, and while there are any, no other class gets a count
/// of its own. So what is counted where follows from the counts alone.
struct HashClasses {
  static constexpr std::size_t most = 32;
  struct Count {
    HashClass of;
    std::uint64_t users = 0;
    friend bool operator==(const Count&, const Count&) = default;
  };
  std::vector<Count> counted;  ///< in the order of classes, none without users, at most `most`
  std::uint64_t others = 0;    ///< users of all other classes

  void add(const PasswordHash& stored, std::uint64_t users = 1);
  void remove(const PasswordHash& stored);
  /// Users of that class; 0 for one without a count of its own.
  [[nodiscard]] std::uint64_t users_of(const HashClass& one) const;
  friend bool operator==(const HashClasses&, const HashClasses&) = default;
};

}  // namespace portcullis
