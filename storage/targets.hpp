#pragma once
// The rows of a target, an address that messages go to: its own and the entries of two indexes, by identifier and by
// target id. Every change of a target goes through here, so that they never part. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "core/user.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

namespace keys {

[[nodiscard]] std::string identifier_index(ProjectNo p, std::string_view identifier);  ///< -> user id, target id
[[nodiscard]] Range identifiers(ProjectNo p, std::uint32_t limit);
[[nodiscard]] std::string target_index(ProjectNo p, std::string_view target_id);  ///< -> user id, target id
[[nodiscard]] Range target_ids(ProjectNo p, std::uint32_t limit);
[[nodiscard]] std::string target(ProjectNo p, std::string_view user_id, std::string_view target_id);
[[nodiscard]] Range user_targets(ProjectNo p, std::string_view user_id);

}  // namespace keys

/// What an entry of either index says.
struct TargetRef {
  std::string user_id;
  std::string target_id;
};

/// The target's row and its entries in the indexes of identifiers and of ids.
void put_target(Edits& edits, ProjectNo p, const Target& target);
/// Takes away what put_target puts.
void erase_target(Edits& edits, ProjectNo p, const Target& target);

}  // namespace portcullis::storage
