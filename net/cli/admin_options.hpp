#pragma once
// The administrator's commands on the command line: from words to an Invocation, by the commands' own tables.

#include <CLI/App.hpp>
#include <functional>

namespace portcullis::cli {

/// What to run after parsing; answers the exit status.
using Action = std::function<int()>;

/// Adds project, key, platform, user, check, backup and the like. `action` outlives the program's parsing.
void add_admin_commands(CLI::App& program, Action& action);

}  // namespace portcullis::cli
