#pragma once
// What an empty store gets before the server listens: a project to use and a key to administer it with. And what a
// stranger is told to do next.

#include <filesystem>
#include <optional>
#include <string>

#include "net/state/services.hpp"

namespace portcullis::cli {

struct FirstStart {
  std::string key;                 ///< the secret, for a terminal; empty when it went to the file
  std::filesystem::path key_file;  ///< where it went instead
};

/// Creates project `default` with a key of every grantable scope when the store has no project. The secret goes to the
/// terminal (in the answer) or to a 0600 file in the data folder. Throws std::runtime_error when that fails.
[[nodiscard]] std::optional<FirstStart> first_start(Services& services, bool on_terminal);
/// A code for the first administrator's sign-up, stored now; none when one waits already, somebody is there or nobody
/// may sign up.
[[nodiscard]] std::optional<Secret> offer_signup(Services& services);
/// How to sign up and in, to be pasted.
[[nodiscard]] std::string guide(const std::string& url, const std::optional<FirstStart>& first,
                                const std::optional<Secret>& code);

}  // namespace portcullis::cli
