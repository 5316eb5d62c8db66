#pragma once
// Teams in answers. Source: docs/contract/teams.md 2. Pure; any thread.

#include <cstdint>
#include <string>
#include <vector>

#include "core/team.hpp"
#include "net/wire/models/model.hpp"

namespace portcullis::models {

[[nodiscard]] std::string team(const Team& team, const Viewer& viewer);
[[nodiscard]] std::string team_list(const std::vector<Team>& teams, std::uint64_t total, const Viewer& viewer);

}  // namespace portcullis::models
