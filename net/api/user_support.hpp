#pragma once
// What handlers of the users service share: the user that a path names, as its model.

#include <memory>
#include <string>

#include "net/route.hpp"

namespace portcullis::api {

/// Errors: user_not_found.
[[nodiscard]] awaitable<result<std::unique_ptr<storage::ServedUser>>> named_user(Services& svc, const Call& call,
                                                                                 std::string id);
/// The user as it is now. Errors: user_not_found.
[[nodiscard]] awaitable<result<Answer>> answer_served_user(Services& svc, const Call& call, std::string id);
/// 400 when the password is the current one or a remembered one, where the project remembers any.
[[nodiscard]] awaitable<result<void>> not_recently_used(Services& svc, const Call& call, const Credential& credential,
                                                        const std::string& user_id, const Secret& password);

}  // namespace portcullis::api
