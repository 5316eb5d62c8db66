#pragma once
// What a membership in a team of the console project allows. Source: docs/contract/project.md 1. Pure; any thread.

#include <algorithm>
#include <string>
#include <string_view>

#include "core/team.hpp"

namespace portcullis::policies {

/// May the member act on a project of that team as an administrator? Roles for one project count for that project only;
/// an empty id stands for no project in particular.
template <class Text>
[[nodiscard]] bool administers(const BasicMembership<Text>& membership, std::string_view team_id,
                               std::string_view project_id) {
  if (!membership.confirmed || membership.team_id != team_id) return false;
  const std::string of_project = "project-" + std::string(project_id) + "-";
  return std::any_of(membership.roles.begin(), membership.roles.end(), [&](std::string_view role) {
    if (role == owner_role || role == "developer" || role == "admin") return true;
    if (project_id.empty() || !role.starts_with(of_project)) return false;
    const std::string_view rest = role.substr(of_project.size());
    return rest == owner_role || rest == "developer" || rest == "admin";
  });
}

}  // namespace portcullis::policies
