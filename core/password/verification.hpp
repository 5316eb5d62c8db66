#pragma once
// What runs on hash threads: computing one Argon2 hash, or checking a password against stored hashes of any kind. Owns
// what it touches; each work writes its own entry.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/hashing/pool.hpp"
#include "core/password/argon2.hpp"
#include "core/password/foreign.hpp"
#include "core/password/pepper.hpp"
#include "core/password/phc.hpp"
#include "core/secret.hpp"

namespace portcullis {

/// How hashes are computed: what the works need of their hasher.
struct HashEngine {
  argon2::Selection selection;
  Peppers peppers;
};
using HashEnginePtr = std::shared_ptr<const HashEngine>;

/// Computes the tag of `phc` from its parameters, salt and pepper and from `password`; the tag's size stays. An unknown
/// pepper is left out: the caller knows that the hash cannot match. False when the parameters do not fit the arena.
[[nodiscard]] bool compute_tag(const HashEngine& engine, Argon2Phc& phc, std::string_view password, HashArena arena);

/// One stored hash to check against.
struct Expectation {
  std::optional<Argon2Phc> argon2;     ///< compared, unless `foreign` has a value
  std::optional<ForeignHash> foreign;  ///< of another product
  std::optional<Argon2Phc> fresh;      ///< our own hash of the password; emptied when the match proves nothing
  bool only_on_match = false;  ///< `fresh` is computed on a match; otherwise always, as part of the check's cost
  bool can_match = true;
  bool hit = false;  ///< written by its work

  [[nodiscard]] CostClass cost() const;
};

struct Verification {
  HashEnginePtr engine;
  Secret password;
  std::vector<Expectation> expected;

  void check(std::size_t index, HashArena arena);
  /// May a hash of ours follow a match?
  [[nodiscard]] bool may_follow() const;
  /// The pool's class for all of them as one bundle: the highest cost, with enough memory for each.
  [[nodiscard]] CostClass cost() const;
};

}  // namespace portcullis
