#pragma once
// What hash threads do: compute one Argon2 hash, or check a password against stored hashes of any kind. Owns what it
// touches; each work writes its own entry.

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

/// How hashes are computed; what works on hash threads keep of their hasher.
struct HashEngine {
  argon2::Selection selection;
  Peppers peppers;
};
using HashEnginePtr = std::shared_ptr<const HashEngine>;

/// `phc`'s parameters, salt and pepper over `password`, into its tag, whose size stays. A pepper that is not there is
/// none: whoever asks knows that nothing can match. False when the parameters do not fit the arena.
[[nodiscard]] bool compute_tag(const HashEngine& engine, Argon2Phc& phc, std::string_view password, HashArena arena);

/// One stored hash to check against.
struct Expectation {
  std::optional<Argon2Phc> argon2;     ///< what is compared, unless `foreign` is there
  std::optional<ForeignHash> foreign;  ///< of another product
  std::optional<Argon2Phc> fresh;      ///< our own hash of the password; empty again when it proves nothing
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
  /// Will a match be followed by a hash of ours?
  [[nodiscard]] bool may_follow() const;
  /// The pool's class for all of them as one bundle: the dearest, with memory enough for each.
  [[nodiscard]] CostClass cost() const;
};

}  // namespace portcullis
