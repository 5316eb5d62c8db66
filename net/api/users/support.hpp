#pragma once
// What handlers of the users service share: the user that a path names, as its model.

#include <initializer_list>
#include <memory>
#include <string>

#include "net/pipeline/call.hpp"

namespace portcullis::api {

/// The user that a path names, and nothing else.
struct OneUser {
  std::string user_id;

  [[nodiscard]] static Inputs params();
};
/// The user that a path names, and what else the route takes.
template <class In>
[[nodiscard]] InputsOf<In> of_user(std::initializer_list<Param> more) {
  InputsOf<In> made = inputs<In>({required("userId", rules::uid, &In::user_id)});
  made.params.insert(made.params.end(), more);
  return made;
}

/// Errors: user_not_found.
[[nodiscard]] awaitable<result<std::unique_ptr<storage::ServedUser>>> named_user(Services& svc, const Call& call,
                                                                                 std::string id);
/// The user as it is now. Errors: user_not_found.
[[nodiscard]] awaitable<result<Answer>> answer_served_user(Services& svc, const Call& call, std::string id);

}  // namespace portcullis::api
