#pragma once
// What runs inside a commit for the counts of pings. Rules as in users.hpp.

#include "core/project.hpp"
#include "storage/change.hpp"

namespace portcullis::changes {

/// Stores nothing for a project that does not exist any more.
[[nodiscard]] storage::Change<bool> put_pings(ProjectNo project, Pings pings);

}  // namespace portcullis::changes
