#pragma once
// Which scopes a caller holds, and which of them a project API key can be granted.
// Source: docs/contract/account.md 1.6, docs/contract/project.md 2.2. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace portcullis::policies {

/// `admin`: an administrator who acts on a project, by a membership in its team.
enum class Caller : std::uint8_t { guest, user, key, admin };

/// Whether the caller passes a route's scope. `key_scopes` are those granted to the key; other callers' are fixed.
[[nodiscard]] bool holds_scope(Caller caller, const std::vector<std::string>& key_scopes, std::string_view scope);

/// Every scope a project key can be granted, in the contract's order, deprecated ones included.
[[nodiscard]] const std::vector<std::string_view>& grantable_key_scopes();
[[nodiscard]] bool is_grantable(std::string_view scope);

}  // namespace portcullis::policies
