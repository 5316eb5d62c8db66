#pragma once
// One administrator's command from the command line, and running it: in the process that owns the store, or, when there
// is none, with the store opened here for the duration of the command.

#include <filesystem>
#include <string>

#include "core/json/value.hpp"
#include "net/commands/commands.hpp"
#include "net/config/config.hpp"

namespace portcullis::cli {

struct Invocation {
  std::string command;  ///< `key.create`
  json::Object arguments;
  bool hashes = false;         ///< needs a hash thread
  bool creates_store = false;  ///< may create a missing store
  bool erases = false;         ///< leaves rows to erase, which happens before the command ends when no server does it
  bool as_json = false;
};

/// Runs it against the store of `config.data`. Throws std::runtime_error with a sentence for people.
[[nodiscard]] commands::Outcome perform(const Invocation& invocation, Config config);
/// Prints the outcome and answers the exit status.
int report(const commands::Outcome& outcome, bool as_json);

}  // namespace portcullis::cli
