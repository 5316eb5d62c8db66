#include "net/changes/platforms.hpp"

#include <utility>

#include "net/changes/rows.hpp"
#include "storage/codec.hpp"
#include "storage/platforms.hpp"
#include "storage/projects.hpp"

namespace portcullis::changes {

namespace codec = storage::codec;
namespace keys = storage::keys;
using storage::Decision;
using storage::View;

Change<Platform> create_platform(ProjectNo p, std::string project_id, Platform made) {
  storage::Reads reads{{keys::project(project_id), keys::platform(p, made.id)},
                       {keys::platforms(p, keys::platforms_limit)}};
  auto decide = [made = std::move(made), names = reads.keys](const View& view) -> result<Decision<Platform>> {
    if (!view.values[0]) return errc::project_not_found;
    if (view.values[1]) return errc::platform_already_exists;
    if (view.ranges[0].size() >= keys::platforms_limit) return errc::general_bad_request;
    Decision<Platform> decision;
    decision.edits.put.push_back(codec::put(names[1], made));
    decision.value = made;
    return decision;
  };
  return {std::move(reads), std::move(decide), true};
}

Change<Platform> update_platform(ProjectNo p, Platform wanted) {
  std::string key = keys::platform(p, wanted.id);
  auto edit = [wanted = std::move(wanted)](Platform& platform) -> result<void> {
    if (platform.type != wanted.type) return errc::platform_method_unsupported;
    platform.name = wanted.name;
    platform.identifier = wanted.identifier;
    platform.updated_at = wanted.updated_at;
    return {};
  };
  return update_row(std::move(key), errc::platform_not_found, Snapshot::replaced, codec::read<Platform>,
                    std::move(edit));
}

Change<Platform> update_any_platform(ProjectNo p, Time now, PlatformChange wanted) {
  std::string key = keys::platform(p, wanted.id);
  auto edit = [now, wanted = std::move(wanted)](Platform& platform) -> result<void> {
    const std::string& identifier = platform.type == "web" ? wanted.hostname : wanted.key;
    platform.name = wanted.name;
    if (!identifier.empty()) platform.identifier = identifier;
    platform.updated_at = now;
    return {};
  };
  return update_row(std::move(key), errc::platform_not_found, Snapshot::replaced, codec::read<Platform>,
                    std::move(edit));
}

Change<bool> delete_platform(ProjectNo p, std::string platform_id) {
  return erase_row(keys::platform(p, platform_id), errc::platform_not_found, Snapshot::replaced);
}

}  // namespace portcullis::changes
