#pragma once
// How changes make, store and erase targets. Rules as in users.hpp.

#include <optional>
#include <string>

#include "core/user.hpp"
#include "storage/store.hpp"

namespace portcullis::changes {

using storage::Change;

/// Bounds a user's rows, all of which are read with every session check.
inline constexpr std::size_t most_targets = 256;

/// `type`: email | sms | push.
[[nodiscard]] Target make_target(std::string user_id, std::string id, std::string type, std::string identifier,
                                 Time now);

/// Errors: user_not_found, user_target_already_exists (id or identifier, in the whole project), general_bad_request
/// (the user has 256 of them).
[[nodiscard]] Change<Target> create_target(ProjectNo p, Target made);

/// Members that are set replace the stored ones; a new identifier also makes the target valid again.
struct TargetUpdate {
  std::string type;  ///< the type for which the identifier was validated
  std::optional<std::string> identifier;
  std::optional<std::string> name;
};
/// Errors: user_target_not_found, user_target_already_exists (identifier), again (the stored type differs).
[[nodiscard]] Change<Target> update_target(ProjectNo p, std::string user_id, std::string target_id, Time now,
                                           TargetUpdate made);
/// Errors: user_target_not_found.
[[nodiscard]] Change<Target> delete_target(ProjectNo p, std::string user_id, std::string target_id, Time now);

}  // namespace portcullis::changes
