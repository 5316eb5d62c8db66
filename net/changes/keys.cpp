#include "net/changes/keys.hpp"

#include <utility>

#include "storage/codec.hpp"
#include "storage/keys.hpp"

namespace portcullis::changes {

namespace codec = storage::codec;
namespace keys = storage::keys;
using storage::Decision;
using storage::View;

Change<ApiKey> create_key(ProjectNo p, std::string project_id, ApiKey made) {
  storage::Reads reads{{keys::project(project_id), keys::api_key(p, made.id)}, {}};
  auto decide = [made = std::move(made), names = reads.keys](const View& view) -> result<Decision<ApiKey>> {
    if (!view.values[0]) return errc::project_not_found;
    if (view.values[1]) return errc::key_already_exists;
    Decision<ApiKey> decision;
    decision.edits.put.push_back(codec::put(names[1], made));
    decision.value = made;
    return decision;
  };
  return {std::move(reads), std::move(decide), true};
}

Change<bool> revoke_key(ProjectNo p, std::string key_id) {
  storage::Reads reads{{keys::api_key(p, key_id)}, {}};
  auto decide = [key = reads.keys[0]](const View& view) -> result<Decision<bool>> {
    if (!view.values[0]) return errc::key_not_found;
    Decision<bool> decision{{}, true};
    decision.edits.erase.push_back(key);
    return decision;
  };
  return {std::move(reads), std::move(decide), true};
}

}  // namespace portcullis::changes
