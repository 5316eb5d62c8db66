#pragma once
// What runs inside a commit for keys of a project: each function declares its reads and decides purely (engine.hpp).
// All replace the project snapshot.

#include <optional>
#include <string>
#include <vector>

#include "core/project.hpp"
#include "storage/change.hpp"

namespace portcullis::changes {

using storage::Change;

/// Stores a new key. Its secret is sealed for keys::key_of(p, kind, made.id). Errors: project_not_found,
/// key_already_exists, general_bad_request (the project has keys::api_keys_limit of the kind).
[[nodiscard]] Change<ApiKey> create_key(ProjectNo p, std::string project_id, ApiKey made, KeyKind kind = KeyKind::api);
/// What an update of a key replaces.
struct KeyChange {
  std::string name;
  std::vector<std::string> scopes;
  std::optional<Time> expires_at;
};
/// Errors: key_not_found.
[[nodiscard]] Change<ApiKey> update_key(ProjectNo p, std::string key_id, Time now, KeyChange wanted,
                                        KeyKind kind = KeyKind::api);
/// Would note_key_use write anything?
[[nodiscard]] bool needs_use_update(const ApiKey& key, Time now, std::string_view sdk);
/// Fire and forget: updates the key's last use when the stored one is a day old, and adds the SDK (unless empty) when
/// it is a new one. Dropped when the writer is busy.
[[nodiscard]] storage::EngineChange note_key_use(ProjectNo p, std::string key_id, Time now, std::string sdk,
                                                 KeyKind kind = KeyKind::api);
/// Deletes a key; its secret is invalid from this commit on. Errors: key_not_found.
[[nodiscard]] Change<bool> revoke_key(ProjectNo p, std::string key_id, KeyKind kind = KeyKind::api);

}  // namespace portcullis::changes
