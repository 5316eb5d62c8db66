#pragma once
// What key update and dev-key update share: a new name, expiry and, for an API key, scopes; the secret stays. Runs on
// the executor of its command.

#include "core/json/writer.hpp"
#include "net/changes/keys.hpp"
#include "net/commands/arguments.hpp"
#include "net/commands/command.hpp"

namespace portcullis::commands {

struct ReplacedKey {
  KeyKind kind;
  const char* event;                                     ///< of the security line
  void (*read)(Arguments&, changes::KeyChange& wanted);  ///< reads all but the name
  void (*write)(json::Writer&, const ApiKey&);           ///< writes the members of the answer
};

/// Replaces what the key says and answers with it; `what` outlives the call. Errors: project_not_found, key_not_found.
[[nodiscard]] awaitable<Outcome> replace_key(Job job, const ReplacedKey& what);

}  // namespace portcullis::commands
