#pragma once
// What runs inside a commit for projects: each function declares its reads and decides purely (engine.hpp). The
// changes replace the project snapshot.

#include <functional>
#include <string>
#include <vector>

#include "core/crypto/seal.hpp"
#include "core/project.hpp"
#include "core/random.hpp"
#include "core/time.hpp"
#include "storage/change.hpp"

namespace portcullis::changes {

using storage::Change;

/// A new project with a fresh sealed root key; its number is assigned by the commit.
[[nodiscard]] Project new_project(std::string id, ProjectSettings settings, Time now, const crypto::Sealer& sealer,
                                  Random& random);
/// Stores a new project under the next project number, which is never reused; `made.number` is ignored. The root key is
/// sealed for keys::project(made.id). Its web hosts become web platforms under `ids` (platform_ids), one for each.
/// Errors: project_already_exists.
[[nodiscard]] Change<Project> create_project(Project made, std::vector<std::string> ids = {});
/// Rewrites the project by `edit` and bumps `updated_at`. `edit` is pure. Errors: project_not_found, edit's own.
[[nodiscard]] Change<Project> edit_project(std::string project_id, Time now,
                                           std::function<result<void>(Project&)> edit);
/// The same, for the settings only.
[[nodiscard]] Change<Project> update_project(std::string project_id, Time now,
                                             std::function<result<void>(ProjectSettings&)> edit);
/// The same, for the settings including the web hosts: `edit` gets the hosts of the web platforms, and the platforms
/// are made to match what it leaves. `ids`: as many as there may be new hosts (platform_ids). Errors: also
/// general_bad_request when the project would have more than keys::platforms_limit platforms.
[[nodiscard]] Change<Project> set_project(std::string project_id, ProjectNo number, Time now,
                                          std::function<result<void>(ProjectSettings&)> edit,
                                          std::vector<std::string> ids);
/// Turns hosts that a former version kept in the settings into web platforms, dated as the settings. Errors:
/// project_not_found.
[[nodiscard]] Change<Project> move_web_hosts(const Project& stored, std::vector<std::string> ids);
/// Removes the project: from this commit on it cannot be found, its id is free, nothing can be stored under its number,
/// and its rows wait to be erased (storage/erasure.hpp). Errors: project_not_found, also for a project of that id with
/// another number.
[[nodiscard]] Change<bool> remove_project(std::string project_id, ProjectNo number, Time now);

}  // namespace portcullis::changes
