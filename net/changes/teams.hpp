#pragma once
// What runs inside a commit for teams and their memberships: each function declares its reads and decides purely
// (engine.hpp). Totals change in the commit that changes memberships.

#include <optional>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/team.hpp"
#include "storage/change.hpp"

namespace portcullis::changes {

using storage::Change;

/// A confirmed membership with these roles, joined now.
[[nodiscard]] Membership make_membership(std::string id, std::string user_id, std::string team_id,
                                         std::vector<std::string> roles, Time now);
/// Takes the memberships among a user's rows away and counts their teams down. `teams` are the ids whose team rows were
/// declared, in `view.values` from `first_team` on. Errors: again (a membership of another team), record_corrupt.
[[nodiscard]] result<void> leave_teams(storage::Edits& edits, ProjectNo p, const storage::View& view,
                                       const std::vector<storage::Row>& user_rows,
                                       const std::vector<std::string>& teams, std::size_t first_team);

/// The most teams of one user: each session check reads the user's memberships.
inline constexpr std::size_t most_memberships = 256;

/// Stores a team, with its first member if one is given. Errors: team_already_exists, general_bad_request (the first
/// member has `most_memberships`).
[[nodiscard]] Change<Team> create_team(ProjectNo p, Team made, std::optional<Membership> creator);

}  // namespace portcullis::changes
