#pragma once
// Changes of a user's addresses and password by the users service: without verification, and also to empty. Rules as in
// users.hpp.

#include <string>

#include "core/user.hpp"
#include "storage/store.hpp"

namespace portcullis::changes {

using storage::Change;

struct Address {
  std::string value;          ///< empty = none
  std::string new_target_id;  ///< id of the target that is made when none has the old address
};
/// The target with the old address gets the new one, or is erased. Errors: user_not_found, user_target_already_exists,
/// user_email_already_exists.
[[nodiscard]] Change<User> replace_email(ProjectNo p, std::string user_id, Time now, Address made);
/// The same, for the phone number. Errors: user_not_found, user_target_already_exists, user_phone_already_exists.
[[nodiscard]] Change<User> replace_phone(ProjectNo p, std::string user_id, Time now, Address made);
/// No password opens a session afterwards, no token made before does, and none is asked for to set a new one. With a
/// `history` the former one is still remembered. Errors: user_not_found.
[[nodiscard]] Change<User> clear_password(ProjectNo p, std::string user_id, Time now, bool closes_sessions,
                                          std::uint32_t history);

}  // namespace portcullis::changes
