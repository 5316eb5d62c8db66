#pragma once
// Users in answers. Source: docs/contract/account.md 8. Pure; any thread.

#include <string>
#include <string_view>

#include "net/wire/models/model.hpp"
#include "storage/store.hpp"

namespace portcullis::models {

/// `impersonator_id` = the user who impersonates this one; empty = nobody.
[[nodiscard]] std::string user(const storage::Profile& profile, const Viewer& viewer,
                               std::string_view impersonator_id = {});
/// The form of the users service: with `password`, `hash` and `hashOptions` for privileged viewers.
[[nodiscard]] std::string served_user(const storage::ServedUser& served, const Viewer& viewer);

}  // namespace portcullis::models
