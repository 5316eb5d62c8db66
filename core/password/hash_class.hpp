#pragma once
// What determines how long a stored hash takes to check, and how many users of a project have a hash of each such
// class: decoys are drawn from these counts. Pure; any thread.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/user.hpp"

namespace portcullis {

/// Hashes of one class take the same time. MD5 and SHA digests, salts and output lengths do not matter: beside the
/// Argon2id that follows, or the work itself, they take microseconds.
struct HashClass {
  /// Stores keep these numbers.
  enum class Kind : std::uint8_t {
    unreadable,  ///< matches no password, and costs what a new hash costs
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
  std::uint32_t work = 0;    ///< Argon2's passes, bcrypt's cost; the binary logarithm of PHPass's rounds and scrypt's N
  std::uint32_t memory = 0;  ///< Argon2's KiB, scrypt's r
  std::uint32_t lanes = 0;   ///< Argon2's lanes, scrypt's p
  std::uint32_t version = 0;  ///< Argon2's
  friend auto operator<=>(const HashClass&, const HashClass&) = default;
};

/// Empty for a user without a password. Does not depend on what this machine can verify.
[[nodiscard]] std::optional<HashClass> class_of(const PasswordHash& stored);
/// For people: `bcrypt work 12`, `argon2id work 2 memory 19456 lanes 1 version 19`.
[[nodiscard]] std::string describe(const HashClass& one);

/// How many users have a hash of each class. A class gets a count of its own when there are fewer than `most` at its
/// first user; the users of later classes are counted together, and while there are any of these, no other class gets a
/// count of its own. So the counts alone determine where a class is counted.
struct HashClasses {
  static constexpr std::size_t most = 32;
  struct Count {
    HashClass of;
    std::uint64_t users = 0;
    friend bool operator==(const Count&, const Count&) = default;
  };
  std::vector<Count> counted;  ///< ordered by class, none without users, at most `most`
  std::uint64_t others = 0;    ///< users of all other classes

  void add(const PasswordHash& stored, std::uint64_t users = 1);
  void remove(const PasswordHash& stored);
  /// Users of that class; 0 for one without a count of its own.
  [[nodiscard]] std::uint64_t users_of(const HashClass& one) const;
  friend bool operator==(const HashClasses&, const HashClasses&) = default;
};

}  // namespace portcullis
