#pragma once
// The administrator's commands on the command line: made into an Invocation by the tables of the commands.

#include <CLI/App.hpp>
#include <functional>

namespace portcullis::cli {

/// What to run after parsing; returns the exit status.
using Action = std::function<int()>;

/// Adds project, key, platform, user, check, backup and so on. `action` outlives the program's parsing.
void add_admin_commands(CLI::App& program, Action& action);

}  // namespace portcullis::cli
