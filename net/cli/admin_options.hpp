#pragma once
// The options of the administrator's commands: from words to an Invocation.

#include <CLI/App.hpp>
#include <functional>

namespace portcullis::cli {

/// What to run after parsing; answers the exit status.
using Action = std::function<int()>;

/// Adds project, key, platform, user, check, backup and the like. `action` outlives the program's parsing.
void add_admin_commands(CLI::App& program, Action& action);

}  // namespace portcullis::cli
