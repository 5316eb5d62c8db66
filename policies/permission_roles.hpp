#pragma once
// The roles a request carries, the words that permissions are written in. Source: docs/contract/permissions.md 2. Team
// roles join when memberships exist. Pure; any thread.

#include <string>
#include <vector>

#include "core/user.hpp"

namespace portcullis::policies {

/// `user` is null for guests; a project key's roles hide whatever user came with it.
[[nodiscard]] std::vector<std::string> roles_of(const User* user, bool is_key);

}  // namespace portcullis::policies
