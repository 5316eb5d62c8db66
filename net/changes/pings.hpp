#pragma once
// What runs inside a commit for the counts of pings. Rules as in users.hpp.

#include "core/project.hpp"
#include "storage/change.hpp"

namespace portcullis::changes {

/// Of a project that is gone, nothing is stored.
[[nodiscard]] storage::Change<bool> put_pings(ProjectNo project, Pings pings);

}  // namespace portcullis::changes
