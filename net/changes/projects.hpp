#pragma once
// What runs inside a commit for projects: each function declares its reads and decides purely (engine.hpp). The
// changes replace the project snapshot.

#include <functional>
#include <string>

#include "core/crypto/seal.hpp"
#include "core/project.hpp"
#include "core/random.hpp"
#include "core/time.hpp"
#include "storage/change.hpp"

namespace portcullis::changes {

using storage::Change;

/// A project made now, with a fresh sealed root key; its number is given by the commit.
[[nodiscard]] Project new_project(std::string id, ProjectSettings settings, Time now, const crypto::Sealer& sealer,
                                  Random& random);
/// Stores a new project under the next project number, which is never reused; `made.number` is ignored. The root key is
/// sealed for keys::project(made.id). Errors: project_already_exists.
[[nodiscard]] Change<Project> create_project(Project made);
/// Rewrites the project by `edit` and bumps `updated_at`. `edit` is pure. Errors: project_not_found, edit's own.
[[nodiscard]] Change<Project> edit_project(std::string project_id, Time now,
                                           std::function<result<void>(Project&)> edit);
/// The same for the settings alone.
[[nodiscard]] Change<Project> update_project(std::string project_id, Time now,
                                             std::function<result<void>(ProjectSettings&)> edit);
/// Takes the project away: from this commit on it is there for nobody, its id is free, nothing can be stored for its
/// number, and what is stored waits to be erased (storage/erasure.hpp). Errors: project_not_found, also for one of that
/// id with another number.
[[nodiscard]] Change<bool> remove_project(std::string project_id, ProjectNo number, Time now);

}  // namespace portcullis::changes
