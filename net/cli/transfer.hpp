#pragma once
// `portcullis import users` and `portcullis export users`: docs/import.md.

#include <CLI/App.hpp>

#include "net/cli/admin_options.hpp"

namespace portcullis::cli {

/// Adds import and export. `action` outlives the program's parsing.
void add_transfer_commands(CLI::App& program, Action& action);

}  // namespace portcullis::cli
