#pragma once
// Identities in answers. Source: docs/contract/account.md 8. Pure; any thread.

#include <string>
#include <string_view>

#include "core/identity.hpp"
#include "net/wire/models/model.hpp"

namespace portcullis::models {

/// `access_token` and `refresh_token` are unsealed.
struct IdentityView {
  const Identity& identity;
  std::string_view access_token, refresh_token;
};
[[nodiscard]] std::string identity(const IdentityView& view, const Viewer& viewer);

}  // namespace portcullis::models
