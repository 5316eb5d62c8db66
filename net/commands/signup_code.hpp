#pragma once
// admin code, whose row is in the table of users.cpp.

#include "net/commands/command.hpp"

namespace portcullis::commands {

/// The code with which the first administrator may sign up over HTTP. With the flag `keep`, none when there is one
/// already.
[[nodiscard]] awaitable<Outcome> make_signup_code(Job job);

}  // namespace portcullis::commands
