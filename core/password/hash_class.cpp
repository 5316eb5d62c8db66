#include "core/password/hash_class.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "core/password/foreign.hpp"
#include "core/password/phc.hpp"

namespace portcullis {
namespace {

/// The position at which the class is counted or would be inserted.
template <class Vector>
auto position_of(Vector& counted, const HashClass& one) {
  return std::lower_bound(counted.begin(), counted.end(), one,
                          [](const HashClasses::Count& count, const HashClass& wanted) { return count.of < wanted; });
}

HashClass argon2_class(const PasswordHash& stored) {
  const std::optional<Argon2Phc> phc = parse_phc(stored.encoded);
  if (!phc) return {};
  const HashClass::Kind kind = phc->id ? HashClass::Kind::argon2id : HashClass::Kind::argon2i;
  return {kind, phc->passes, phc->memory_kib, phc->lanes, phc->version};
}

std::string_view name_of(HashClass::Kind kind) {
  constexpr std::array<std::string_view, 9> names{"unreadable", "md5",       "sha",      "bcrypt", "phpass",
                                                  "scrypt",     "scryptMod", "argon2id", "argon2i"};
  const auto at = static_cast<std::size_t>(kind);
  return at < names.size() ? names[at] : "unknown";
}

}  // namespace

std::optional<HashClass> class_of(const PasswordHash& stored) {
  if (stored.encoded.empty()) return {};
  if (stored.algorithm == "argon2") return argon2_class(stored);
  ForeignBounds any;
  any.memory_kib = std::numeric_limits<std::uint32_t>::max();
  const std::optional<ForeignHash> foreign = ForeignHash::read(stored, any);
  return foreign ? foreign->hash_class() : HashClass{};
}

std::string describe(const HashClass& one) {
  std::string text(name_of(one.kind));
  const auto add = [&text](std::string_view name, std::uint32_t value) {
    if (value > 0) text.append(" ").append(name).append(" ").append(std::to_string(value));
  };
  add("work", one.work);
  add("memory", one.memory);
  add("lanes", one.lanes);
  add("version", one.version);
  return text;
}

void HashClasses::add(const PasswordHash& stored, std::uint64_t users) {
  const std::optional<HashClass> one = class_of(stored);
  if (!one || users == 0) return;
  const auto at = position_of(counted, *one);
  if (at != counted.end() && at->of == *one) {
    at->users += users;
  } else if (others == 0 && counted.size() < most) {
    counted.insert(at, Count{*one, users});
  } else {
    others += users;
  }
}

void HashClasses::remove(const PasswordHash& stored) {
  const std::optional<HashClass> one = class_of(stored);
  if (!one) return;
  const auto at = position_of(counted, *one);
  if (at != counted.end() && at->of == *one) {
    if (--at->users == 0) counted.erase(at);
  } else if (others > 0) {
    --others;
  }
}

std::uint64_t HashClasses::users_of(const HashClass& one) const {
  const auto at = position_of(counted, one);
  return at != counted.end() && at->of == one ? at->users : 0;
}

}  // namespace portcullis
