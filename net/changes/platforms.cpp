#include "net/changes/platforms.hpp"

#include <utility>

#include "storage/codec.hpp"
#include "storage/keys.hpp"

namespace portcullis::changes {

namespace codec = storage::codec;
namespace keys = storage::keys;
using storage::Decision;
using storage::Row;
using storage::View;

Change<Platform> create_platform(ProjectNo p, std::string project_id, Platform made) {
  storage::Reads reads{{keys::project(project_id), keys::platform(p, made.id)}, {}};
  auto decide = [made = std::move(made), names = reads.keys](const View& view) -> result<Decision<Platform>> {
    if (!view.values[0]) return errc::project_not_found;
    if (view.values[1]) return errc::platform_already_exists;
    Decision<Platform> decision;
    decision.edits.put.push_back(codec::put(names[1], made));
    decision.value = made;
    return decision;
  };
  return {std::move(reads), std::move(decide), true};
}

Change<Platform> update_platform(ProjectNo p, Platform wanted) {
  storage::Reads reads{{keys::platform(p, wanted.id)}, {}};
  auto decide = [wanted = std::move(wanted), key = reads.keys[0]](const View& view) -> result<Decision<Platform>> {
    if (!view.values[0]) return errc::platform_not_found;
    result<Platform> platform = codec::platform(Row{key, *view.values[0]});
    if (!platform) return platform.error();
    if (platform->type != wanted.type) return errc::platform_method_unsupported;
    platform->name = wanted.name;
    platform->identifier = wanted.identifier;
    platform->updated_at = wanted.updated_at;
    Decision<Platform> decision;
    decision.edits.put.push_back(codec::put(key, *platform));
    decision.value = std::move(*platform);
    return decision;
  };
  return {std::move(reads), std::move(decide), true};
}

Change<bool> delete_platform(ProjectNo p, std::string platform_id) {
  storage::Reads reads{{keys::platform(p, platform_id)}, {}};
  auto decide = [key = reads.keys[0]](const View& view) -> result<Decision<bool>> {
    if (!view.values[0]) return errc::platform_not_found;
    Decision<bool> decision{{}, true};
    decision.edits.erase.push_back(key);
    return decision;
  };
  return {std::move(reads), std::move(decide), true};
}

}  // namespace portcullis::changes
