#pragma once
// Who may sign in, once the password (or another proof) was right. Pure; any thread.

#include "core/error.hpp"
#include "core/user.hpp"

namespace portcullis::policies {

/// user_blocked when an administrator or the user closed the account.
template <class Text>
[[nodiscard]] result<void> may_sign_in(const BasicUser<Text>& user) {
  if (!user.status) return errc::user_blocked;
  return {};
}

/// False for users who never set one: anonymous, imported without, created without.
[[nodiscard]] bool has_password(const Credential& credential) noexcept;

}  // namespace portcullis::policies
