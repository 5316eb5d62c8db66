#pragma once
// The rows of a membership: its own among its user's and the entry under its team. Every change of a membership goes
// through here, so that they never part. Pure; any thread.

#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "core/team.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

namespace keys {

[[nodiscard]] std::string team(ProjectNo p, std::string_view team_id);
[[nodiscard]] std::string member(ProjectNo p, std::string_view team_id,
                                 std::string_view membership_id);  ///< -> user id
[[nodiscard]] std::string membership(ProjectNo p, std::string_view user_id, std::string_view membership_id);
[[nodiscard]] Range user_memberships(ProjectNo p, std::string_view user_id);

}  // namespace keys

/// Both rows; the team's total is the caller's.
void put_membership(Edits& edits, ProjectNo p, const Membership& membership);
/// Takes away what put_membership puts.
void erase_membership(Edits& edits, ProjectNo p, const Membership& membership);

}  // namespace portcullis::storage
