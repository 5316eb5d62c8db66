#pragma once
// Setting a password, for every place that does: the account, the users service and the commands. What a project asks
// of it is checked here, in one order. Coroutines run on the caller's executor.

#include "core/password/hasher.hpp"
#include "core/project.hpp"
#include "core/user.hpp"
#include "net/changes/users.hpp"

namespace portcullis {

/// password_personal_data when the password contains what is known of the user, where the project asks for that check.
[[nodiscard]] result<void> check_personal_data(const ProjectSettings& settings, const BorrowedUser& user,
                                               const Secret& password);

/// For changes::set_password(), of a password that keeps the rules of its parameter: not used before, free of personal
/// data, then hashed. The sessions close where the project says so; the caller may keep one. The tickets of all hashes
/// are copies of `ticket`. Errors: password_recently_used, password_personal_data, server_busy.
[[nodiscard]] awaitable<result<changes::NewPassword>> new_password(Hasher& hasher, const ProjectSettings& settings,
                                                                   const BorrowedUser& user,
                                                                   const Credential& credential, const Secret& password,
                                                                   HashTicket ticket);

}  // namespace portcullis
