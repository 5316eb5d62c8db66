#include "net/changes/keys.hpp"

#include <algorithm>
#include <utility>

#include "net/changes/rows.hpp"
#include "policies/session_policy.hpp"
#include "storage/api_keys.hpp"
#include "storage/codec.hpp"
#include "storage/projects.hpp"

namespace portcullis::changes {

namespace codec = storage::codec;
namespace keys = storage::keys;
using storage::Decision;
using storage::Row;
using storage::View;

namespace {
bool is_new_sdk(const ApiKey& key, std::string_view sdk) {
  return !sdk.empty() && std::find(key.sdks.begin(), key.sdks.end(), sdk) == key.sdks.end();
}
}  // namespace

bool needs_use_update(const ApiKey& key, Time now, std::string_view sdk) {
  return !key.accessed_at || policies::needs_access_update(*key.accessed_at, now) || is_new_sdk(key, sdk);
}

Change<ApiKey> create_key(ProjectNo p, std::string project_id, ApiKey made, KeyKind kind) {
  storage::Reads reads{
      {keys::project(project_id), keys::key_of(p, kind, made.id)},
      {kind == KeyKind::api ? keys::api_keys(p, keys::api_keys_limit) : keys::dev_keys(p, keys::api_keys_limit)}};
  auto decide = [made = std::move(made), names = reads.keys](const View& view) -> result<Decision<ApiKey>> {
    if (!view.values[0]) return errc::project_not_found;
    if (view.values[1]) return errc::key_already_exists;
    if (view.ranges[0].size() >= keys::api_keys_limit) return errc::general_bad_request;
    Decision<ApiKey> decision;
    decision.edits.put.push_back(codec::put(names[1], made));
    decision.value = made;
    return decision;
  };
  return {std::move(reads), std::move(decide), true};
}

Change<ApiKey> update_key(ProjectNo p, std::string key_id, Time now, KeyChange wanted, KeyKind kind) {
  auto edit = [now, wanted = std::move(wanted)](ApiKey& key) -> result<void> {
    key.name = wanted.name;
    key.scopes = wanted.scopes;
    key.expires_at = wanted.expires_at;
    key.updated_at = now;
    return {};
  };
  return update_row(keys::key_of(p, kind, key_id), errc::key_not_found, Snapshot::replaced, codec::read<ApiKey>,
                    std::move(edit));
}

storage::EngineChange note_key_use(ProjectNo p, std::string key_id, Time now, std::string sdk, KeyKind kind) {
  storage::Reads reads{{keys::key_of(p, kind, key_id)}, {}};
  auto decide = [now, sdk = std::move(sdk), row = reads.keys[0]](const View& view) -> result<storage::Edits> {
    storage::Edits edits;
    if (!view.values[0]) return edits;  // revoked meanwhile
    result<ApiKey> key = codec::read<ApiKey>(Row{row, *view.values[0]});
    if (!key) return key.error();
    if (!needs_use_update(*key, now, sdk)) return edits;
    key->accessed_at = now;
    if (is_new_sdk(*key, sdk)) key->sdks.push_back(sdk);
    edits.put.push_back(codec::put(row, *key));
    return edits;
  };
  return {.reads = std::move(reads), .decide = std::move(decide), .refreshes_projects = true, .droppable = true};
}

Change<bool> revoke_key(ProjectNo p, std::string key_id, KeyKind kind) {
  return erase_row(keys::key_of(p, kind, key_id), errc::key_not_found, Snapshot::replaced);
}

}  // namespace portcullis::changes
