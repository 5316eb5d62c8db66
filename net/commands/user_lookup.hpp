#pragma once
// Finding, listing and writing users for the commands. Coroutines run on the caller's executor.

#include <string>

#include "core/json/writer.hpp"
#include "net/commands/command.hpp"
#include "storage/store.hpp"

namespace portcullis::commands {

/// By id, or by e-mail when the text has an `@`. Errors: user_not_found, storage's own.
[[nodiscard]] awaitable<result<storage::Account>> find_account(Services& services, ProjectNo project, std::string who);
/// The members of a user's object; nothing secret.
void write_user(json::Writer& out, const User& user);

[[nodiscard]] awaitable<Outcome> list_users(Job job);
[[nodiscard]] awaitable<Outcome> show_user(Job job);

}  // namespace portcullis::commands
