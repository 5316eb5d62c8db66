// Hashes that another product made: an algorithm's name, the hash and its options, a line each. What is read is within
// the bounds and reads the same again; what is refused says why. Where it costs next to nothing, passwords are checked.

#include "core/password/foreign.hpp"

#include <memory>

#include "core/crypto/encoding.hpp"
#include "core/crypto/legacy.hpp"
#include "core/password/argon2.hpp"
#include "core/password/phc.hpp"
#include "tests/fuzz/support/check.hpp"

namespace {

using namespace portcullis;
using Kind = ForeignHash::Kind;

constexpr std::string_view password = "appwrite";
constexpr std::string_view other_password = "appwrite!";

Kind kind_of(std::string_view algorithm) {
  if (algorithm == "md5") return Kind::md5;
  if (algorithm == "sha") return Kind::sha;
  if (algorithm == "bcrypt") return Kind::bcrypt;
  if (algorithm == "phpass") return Kind::phpass;
  fuzz::require(algorithm == "scrypt" || algorithm == "scryptMod", "only known algorithms are read");
  return algorithm == "scrypt" ? Kind::scrypt : Kind::scrypt_modified;
}

/// A millisecond at most.
bool is_cheap(const ForeignHash& hash) {
  const CostClass cost = hash.cost();
  switch (hash.kind()) {
    case Kind::md5:
    case Kind::sha:
      return true;
    case Kind::bcrypt:
      return cost.passes <= 4;
    case Kind::phpass:
      return cost.passes <= 8;
    case Kind::scrypt:
      return cost.memory_kib <= 8 && cost.passes <= 4;
    case Kind::scrypt_modified:
      return false;
  }
  return false;
}

void within_bounds(const ForeignHash& hash, const ForeignBounds& bounds) {
  const CostClass cost = hash.cost();
  fuzz::require(cost.memory_kib <= bounds.memory_kib, "memory");
  if (hash.kind() == Kind::bcrypt)
    fuzz::require(cost.passes >= 4 && cost.passes <= ForeignBounds::bcrypt_cost, "bcrypt's cost");
  if (hash.kind() == Kind::phpass)
    fuzz::require(cost.passes >= 7 && cost.passes <= ForeignBounds::phpass_log2, "PHPass's rounds");
  if (hash.kind() == Kind::scrypt || hash.kind() == Kind::scrypt_modified)
    fuzz::require(
        cost.passes >= 1 && cost.passes * std::uint64_t{cost.memory_kib} * 8 <= 2 * ForeignBounds::scrypt_work,
        "scrypt's work");
}

/// The digest of the password in place of the hash that came: it must match, and nothing else.
void right_digest_matches(PasswordHash stored, const ForeignHash& hash, const ForeignBounds& bounds) {
  if (hash.kind() != Kind::md5 && hash.kind() != Kind::sha) return;
  std::size_t versions = 0;
  for (const char* version : {"md5", "sha1", "sha224", "sha256", "sha384", "sha512/224", "sha512/256", "sha512",
                              "sha3-224", "sha3-256", "sha3-384", "sha3-512"}) {
    stored.encoded = crypto::to_hex(*crypto::digest_by_name(version, password));
    const std::optional<ForeignHash> right = ForeignHash::read(stored, bounds);
    fuzz::require(right.has_value(), "options alone decide what is read");
    if (right->matches(password)) ++versions;
    fuzz::require(!right->matches(other_password), "another password does not match");
  }
  fuzz::require(versions == 1, "one digest is the right one");
}

void try_argon2(const std::string& encoded) {
  std::optional<Argon2Phc> phc = parse_phc(encoded);
  if (!phc || phc->memory_kib > 64 || phc->passes > 2) return;
  const auto bytes = [](std::string_view text) {
    return argon2::Bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  };
  struct alignas(64) Block {
    std::byte bytes[1024];
  };
  const auto memory = std::make_unique<Block[]>(phc->memory_kib);
  const std::span<std::byte> arena(memory[0].bytes, std::size_t{phc->memory_kib} * sizeof(Block));
  const argon2::Params params{phc->id, phc->version, phc->memory_kib, phc->passes, phc->lanes};
  std::string tags[2] = {phc->tag, phc->tag};
  for (std::string& tag : tags) {
    const std::span<std::uint8_t> out(reinterpret_cast<std::uint8_t*>(tag.data()), tag.size());
    fuzz::require(
        argon2::hash(argon2::Kernel::portable, params, {bytes(password), bytes(phc->salt), {}, {}}, arena, out),
        "what parses can be computed");
  }
  fuzz::require(tags[0] == tags[1], "the same again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [algorithm, rest] = fuzz::first_line(fuzz::text_of(data, size));
  const auto [encoded, options] = fuzz::first_line(rest);
  const PasswordHash stored{std::string(algorithm), std::string(encoded), std::string(options)};
  if (stored.algorithm == "argon2") try_argon2(stored.encoded);

  const ForeignBounds bounds;
  std::string_view why;
  const std::optional<ForeignHash> hash = ForeignHash::read(stored, bounds, &why);
  fuzz::require(hash.has_value() == why.empty(), "a refusal has a reason");
  if (!hash) return 0;
  const Kind kind = kind_of(stored.algorithm);
  fuzz::require(hash->kind() == kind || (kind == Kind::phpass && hash->kind() == Kind::bcrypt), "kinds");
  within_bounds(*hash, bounds);
  const std::optional<ForeignHash> again = ForeignHash::read(stored, bounds);
  fuzz::require(again && again->kind() == hash->kind() && again->cost() == hash->cost(), "the same again");
  right_digest_matches(stored, *hash, bounds);
  if (!is_cheap(*hash)) return 0;
  const bool matches = hash->matches(password);
  fuzz::require(matches == again->matches(password), "the same answer again");
  fuzz::require(!matches || !hash->matches(other_password), "one password matches");
  return 0;
}
