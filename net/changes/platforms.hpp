#pragma once
// What runs inside a commit for platforms: each function declares its reads and decides purely (engine.hpp). All
// replace the project snapshot.

#include <string>

#include "core/project.hpp"
#include "core/time.hpp"
#include "storage/change.hpp"

namespace portcullis::changes {

using storage::Change;

/// Errors: project_not_found, platform_already_exists, general_bad_request (the project has keys::platforms_limit).
[[nodiscard]] Change<Platform> create_platform(ProjectNo p, std::string project_id, Platform made);
/// Replaces name and identifier of the platform with the id and type of `wanted`. Errors: platform_not_found,
/// platform_method_unsupported when the platform is of another type.
[[nodiscard]] Change<Platform> update_platform(ProjectNo p, Platform wanted);
/// The update of older formats, for every type: an empty identifier leaves the stored one. `hostname` is for web
/// platforms, `key` for others. Errors: platform_not_found.
struct PlatformChange {
  std::string id, name, hostname, key;
};
[[nodiscard]] Change<Platform> update_any_platform(ProjectNo p, Time now, PlatformChange wanted);
/// Errors: platform_not_found.
[[nodiscard]] Change<bool> delete_platform(ProjectNo p, std::string platform_id);

}  // namespace portcullis::changes
