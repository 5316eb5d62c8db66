#pragma once
// Who may sign in after the password (or another proof) was found right. Pure; any thread.

#include "core/error.hpp"
#include "core/user.hpp"

namespace portcullis::policies {

/// user_blocked when an administrator or the user blocked the account.
template <class Text>
[[nodiscard]] result<void> may_sign_in(const BasicUser<Text>& user) {
  if (!user.status) return errc::user_blocked;
  return {};
}

/// False for users who never set a password: anonymous, imported without one, created without one.
[[nodiscard]] bool has_password(const Credential& credential) noexcept;

}  // namespace portcullis::policies
