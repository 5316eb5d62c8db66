#pragma once
// Hashing and verifying passwords: one configured Argon2id cost for all new hashes, verification by the stored hash,
// and decoys, so that an absent user costs what a present one does. Coroutines resume on the caller's executor.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/hashing/pool.hpp"
#include "core/password/argon2.hpp"
#include "core/password/check_speed.hpp"
#include "core/password/foreign.hpp"
#include "core/password/hash_class.hpp"
#include "core/password/pepper.hpp"
#include "core/password/phc.hpp"
#include "core/secret.hpp"
#include "core/user.hpp"

namespace portcullis {

class Random;

struct Argon2Cost {
  std::uint32_t memory_kib = 19456;  ///< OWASP: 19 MiB, t=2, p=1
  std::uint32_t passes = 2;
  friend bool operator==(const Argon2Cost&, const Argon2Cost&) = default;
};

/// A stored hash as it was read: once, for all that is asked of it. With neither, nothing matches it.
struct ReadHash {
  std::optional<Argon2Phc> argon2{};
  std::optional<ForeignHash> foreign{};
};

/// What came of a verification.
struct Verdict {
  bool matches = false;
  /// On a match with a hash that differs from a new one: the same password at the configured cost. Empty when the
  /// stored hash ignores part of the password, because only what was verified may be stored.
  std::optional<PasswordHash> fresh;
};

/// What a verification does on a match.
enum class OnMatch : std::uint8_t {
  nothing,
  hash_anew  ///< Verdict::fresh, in the same work: admitted and computed together with the check
};

/// What each check of an imported hash may cost.
struct ImportBound {
  std::chrono::nanoseconds time = std::chrono::nanoseconds::max();
  CheckSpeed speed{};
};

class Hasher {
 public:
  Hasher(HashPool& pool, Argon2Cost cost, Random& random);
  /// With a kernel chosen by the caller (an option, a bench), from argon2::select_kernel, and with peppers.
  Hasher(HashPool& pool, Argon2Cost cost, Random& random, argon2::Selection selection, Peppers peppers = {},
         ImportBound bound = {});
  ~Hasher();

  /// Argon2id at the configured cost, salt of 16 random bytes, tag of 32. Errors: server_busy.
  [[nodiscard]] awaitable<result<PasswordHash>> hash(Secret password, HashTicket ticket);
  /// Within this machine's bounds.
  [[nodiscard]] ReadHash read(const PasswordHash& stored) const;
  /// Does `password` match `expected`? One that could not be read is a mismatch. Errors: server_busy.
  [[nodiscard]] awaitable<result<Verdict>> verify(ReadHash expected, Secret password, HashTicket ticket,
                                                  OnMatch then = OnMatch::nothing);
  /// The first of `hashes` that the password matches, all compared as one bundle; empty = none. Errors: server_busy.
  [[nodiscard]] awaitable<result<std::optional<std::size_t>>> matches_any(std::vector<PasswordHash> hashes,
                                                                          Secret password, HashTicket ticket);
  /// A hash that no password matches, of one of the classes `stored` in the project. The class follows from a hash of
  /// the e-mail under the project's key (up to 64 bytes), so that the same e-mail always costs the same.
  [[nodiscard]] PasswordHash decoy(const Secret& project_key, const HashClasses& stored, std::string_view email) const;
  /// True when a hash is not Argon2id at the configured cost with the current pepper.
  [[nodiscard]] bool needs_rehash(const PasswordHash& stored) const;
  /// True for a hash of another product that takes longer than one of ours may, and for an Argon2 of at least twice the
  /// configured cost: its callers wait longer.
  [[nodiscard]] bool is_slow(const ReadHash& stored) const;
  /// May such a hash be stored? general_argument_invalid otherwise, and `why` completes "the hash ...": static text,
  /// terminated by a NUL.
  [[nodiscard]] result<void> may_import(const PasswordHash& stored, std::string_view& why) const;
  /// Admits one verification now, if there is room, for refusing before any store read; the ticket remembers it.
  [[nodiscard]] result<void> admit(HashTicket& ticket) const;
  [[nodiscard]] Argon2Cost cost() const noexcept;
  /// The cost class of a new hash.
  [[nodiscard]] CostClass cost_class() const noexcept;
  /// Verifications that could not match because the hash names a pepper that is not in the file.
  [[nodiscard]] std::uint64_t unknown_peppers() const noexcept;
  /// The kernel in use, and those that failed their self-test on this machine.
  [[nodiscard]] const argon2::Selection& engine() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace portcullis
