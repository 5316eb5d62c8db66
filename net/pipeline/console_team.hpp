#pragma once
// Which team decides whether a user of the console may make or change a project, before anything else of the request is
// looked at. Source: docs/contract/project.md 1 and 8. Runs on the request's reactor.

#include "net/pipeline/call.hpp"

namespace portcullis {

/// Whether a team decides: a user's request to the console's own paths of projects.
[[nodiscard]] bool team_decides(const Call& call);
/// Sets `call.deciding_team` and `call.team_standing`: the team of the path's project, or the one that `teamId` names.
/// Errors: those of the store.
[[nodiscard]] awaitable<result<void>> resolve_team(Services& services, Call& call);

}  // namespace portcullis
