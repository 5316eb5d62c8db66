#pragma once
// What handlers of the users service share: the user that a path names, as its model.

#include <memory>
#include <string>

#include "net/pipeline/call.hpp"

namespace portcullis::api {

/// Errors: user_not_found.
[[nodiscard]] awaitable<result<std::unique_ptr<storage::ServedUser>>> named_user(Services& svc, const Call& call,
                                                                                 std::string id);
/// The user as it is now. Errors: user_not_found.
[[nodiscard]] awaitable<result<Answer>> answer_served_user(Services& svc, const Call& call, std::string id);

}  // namespace portcullis::api
