#pragma once
// The roles of a request, in the form that permissions use. Source: docs/contract/permissions.md 2. Team roles do not
// exist yet. Pure; any thread.

#include <string>
#include <vector>

#include "core/user.hpp"

namespace portcullis::policies {

/// `user` is null for guests; with a project key the request has the key's roles only, whatever user it also names.
[[nodiscard]] std::vector<std::string> roles_of(const User* user, bool is_key);

}  // namespace portcullis::policies
