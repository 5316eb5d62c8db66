#pragma once
// The secret of a project's API key: made once, stored sealed and by its hash. Contract project.md 2.1.

#include "core/project.hpp"
#include "core/secret.hpp"
#include "net/services.hpp"

namespace portcullis {

/// Draws a secret for the key, whose id is set, and puts into the key what is stored of it.
[[nodiscard]] Secret draw_key_secret(const Services& services, ProjectNo project, ApiKey& key);

}  // namespace portcullis
