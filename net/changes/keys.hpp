#pragma once
// What runs inside a commit for API keys: each function declares its reads and decides purely (engine.hpp). All
// replace the project snapshot.

#include <optional>
#include <string>
#include <vector>

#include "core/project.hpp"
#include "storage/change.hpp"

namespace portcullis::changes {

using storage::Change;

/// Stores a new key. Its secret is sealed for keys::api_key(p, made.id). Errors: project_not_found, key_already_exists.
[[nodiscard]] Change<ApiKey> create_key(ProjectNo p, std::string project_id, ApiKey made);
/// What an update of a key replaces.
struct KeyChange {
  std::string name;
  std::vector<std::string> scopes;
  std::optional<Time> expires_at;
};
/// Errors: key_not_found.
[[nodiscard]] Change<ApiKey> update_key(ProjectNo p, std::string key_id, Time now, KeyChange wanted);
/// Is there something that note_key_use would write?
[[nodiscard]] bool needs_use_update(const ApiKey& key, Time now, std::string_view sdk);
/// Fire and forget: the key's last use when that is a day old, and the SDK (none when empty) when it is a new one.
/// Dropped when the writer is busy.
[[nodiscard]] storage::EngineChange note_key_use(ProjectNo p, std::string key_id, Time now, std::string sdk);
/// Deletes a key; its secret stops working with this commit. Errors: key_not_found.
[[nodiscard]] Change<bool> revoke_key(ProjectNo p, std::string key_id);

}  // namespace portcullis::changes
