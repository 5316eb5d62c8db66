#pragma once
// The secret of a project's key: made once, stored sealed and by its hash. Source: docs/contract/project.md 2.1.

#include "core/error.hpp"
#include "core/project.hpp"
#include "core/secret.hpp"
#include "net/state/services.hpp"

namespace portcullis {

/// Draws a secret for the key, whose id is set, and puts into the key what is stored of it.
[[nodiscard]] Secret draw_key_secret(const Services& services, ProjectNo project, ApiKey& key,
                                     KeyKind kind = KeyKind::api);
/// Errors: record_corrupt when the secret cannot be unsealed.
[[nodiscard]] result<Secret> open_key_secret(const Services& services, ProjectNo project, const ApiKey& key,
                                             KeyKind kind = KeyKind::api);

}  // namespace portcullis
