#pragma once
// What is counted of a project's users and identities, in a row that each change of them reads and puts. Pure; any
// thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/password/hash_class.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

namespace keys {

[[nodiscard]] std::string counters(ProjectNo p);  ///< users alive, next user sequence, hashes by what they cost

}  // namespace keys

struct Counters {
  std::uint64_t users = 0;
  std::uint64_t next_sequence = 1;
  std::uint64_t identities = 0;
  std::uint64_t next_identity = 1;  ///< its sequence
  HashClasses hash_classes{};       ///< of the users' passwords
};

/// What was found under keys::counters(); those of a project that never had a user where nothing was. Errors:
/// record_corrupt.
[[nodiscard]] result<Counters> read_counters(const std::string& key, const std::optional<std::string_view>& value);
/// The row of a project's counters.
[[nodiscard]] Put put_counters(ProjectNo p, const Counters& counters);

}  // namespace portcullis::storage
