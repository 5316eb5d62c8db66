#pragma once
// Passwords used before, for every place that sets one: the API, the users service and the commands.

#include "core/password/hasher.hpp"
#include "core/project.hpp"

namespace portcullis {

/// password_recently_used when the password is the current one or a remembered one, where the project remembers any.
/// All hashes are compared as one bundle. Errors: server_busy.
[[nodiscard]] awaitable<result<void>> not_recently_used(Hasher& hasher, const ProjectSettings& settings,
                                                        const Credential& credential, const Secret& password,
                                                        HashTicket ticket);

}  // namespace portcullis
