#pragma once
// admin code, which stands in the table of users.cpp.

#include "net/commands/command.hpp"

namespace portcullis::admin {

/// The code that the first one may sign up with over HTTP. With the flag `keep` none when there is one already.
[[nodiscard]] awaitable<Outcome> make_signup_code(Job job);

}  // namespace portcullis::admin
