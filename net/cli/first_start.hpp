#pragma once
// What an empty store gets before the server listens: a project and a key to administer it with. Also the instructions
// for new operators.

#include <filesystem>
#include <optional>
#include <string>

#include "net/state/services.hpp"

namespace portcullis::cli {

struct FirstStart {
  std::string key;                 ///< the secret, for a terminal; empty when it was written to the file
  std::filesystem::path key_file;  ///< where it was written instead
};

/// Creates project `default` with a key of every grantable scope when the store has no project. The secret is returned
/// for a terminal, or written to a 0600 file in the data folder. Throws std::runtime_error when that fails.
[[nodiscard]] std::optional<FirstStart> first_start(Services& services, bool on_terminal);
/// A code for the first administrator's sign-up, stored now; none when there is one already, when there is an
/// administrator, or when nobody may sign up.
[[nodiscard]] std::optional<Secret> offer_signup(Services& services);
/// How to sign up and sign in, as commands to paste.
[[nodiscard]] std::string guide(const std::string& url, const std::optional<FirstStart>& first,
                                const std::optional<Secret>& code);

}  // namespace portcullis::cli
