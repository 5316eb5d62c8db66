#pragma once
// Handlers of what only the console project has, projects and the teams that own them, with their inputs. Source:
// docs/contract/project.md 8, docs/contract/teams.md 3.

#include <optional>
#include <string>
#include <vector>

#include "net/api/lists/lists.hpp"
#include "net/pipeline/call.hpp"

namespace portcullis::api {

struct NewProjectInput {
  std::string project_id, name, team_id, region;
};
struct ProjectUpdateInput : BasicProjectNotes<std::optional<std::string>> {
  std::string project_id, name;
};
struct ProjectTeamInput {
  std::string project_id, team_id;
};
struct NewTeamInput {
  std::string team_id, name;
  std::vector<std::string> roles{"owner"};
};
struct TeamInput {
  std::string team_id;
};

// projects.cpp
awaitable<result<Answer>> create_project(Services& svc, const Call& call);
awaitable<result<Answer>> list_projects(Services& svc, const Call& call);
awaitable<result<Answer>> describe_project(Services& svc, const Call& call);
awaitable<result<Answer>> move_project(Services& svc, const Call& call);
// teams.cpp
awaitable<result<Answer>> create_team(Services& svc, const Call& call);
awaitable<result<Answer>> list_teams(Services& svc, const Call& call);
awaitable<result<Answer>> show_team(Services& svc, const Call& call);

}  // namespace portcullis::api
