#pragma once
// What runs inside a commit for API keys: each function declares its reads and decides purely (engine.hpp). Both
// replace the project snapshot.

#include <string>

#include "core/project.hpp"
#include "storage/change.hpp"

namespace portcullis::changes {

using storage::Change;

/// Stores a new key. Its secret is sealed for keys::api_key(p, made.id). Errors: project_not_found, key_already_exists.
[[nodiscard]] Change<ApiKey> create_key(ProjectNo p, std::string project_id, ApiKey made);
/// Deletes a key; its secret stops working with this commit. Errors: key_not_found.
[[nodiscard]] Change<bool> revoke_key(ProjectNo p, std::string key_id);

}  // namespace portcullis::changes
