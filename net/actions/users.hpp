#pragma once
// Deleting a user, whoever asks for it.

#include <string>

#include "net/state/services.hpp"

namespace portcullis {

/// With all that is the user's, memberships included. Errors: user_not_found, those of the engine.
[[nodiscard]] awaitable<result<bool>> delete_whole_user(storage::Store& store, ProjectNo project, std::string user_id);

}  // namespace portcullis
