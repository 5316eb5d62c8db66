#pragma once
// The commands themselves, one file a noun. Each takes the services, its arguments and the flag that asks it to stop;
// the services outlive it.

#include <atomic>

#include "net/commands/commands.hpp"
#include "storage/engine.hpp"

namespace portcullis::admin {

struct Job {
  Services& services;
  json::Value arguments;
  const std::atomic<bool>* stopping = nullptr;
};

[[nodiscard]] awaitable<Outcome> create_project(Job job);
[[nodiscard]] awaitable<Outcome> list_projects(Job job);
[[nodiscard]] awaitable<Outcome> set_project(Job job);
[[nodiscard]] awaitable<Outcome> delete_project(Job job);

[[nodiscard]] awaitable<Outcome> create_key(Job job);
[[nodiscard]] awaitable<Outcome> list_keys(Job job);
[[nodiscard]] awaitable<Outcome> update_key(Job job);
[[nodiscard]] awaitable<Outcome> revoke_key(Job job);
[[nodiscard]] awaitable<Outcome> create_dev_key(Job job);
[[nodiscard]] awaitable<Outcome> list_dev_keys(Job job);
[[nodiscard]] awaitable<Outcome> update_dev_key(Job job);
[[nodiscard]] awaitable<Outcome> delete_dev_key(Job job);

[[nodiscard]] awaitable<Outcome> create_platform(Job job);
[[nodiscard]] awaitable<Outcome> list_platforms(Job job);
[[nodiscard]] awaitable<Outcome> delete_platform(Job job);
[[nodiscard]] awaitable<Outcome> create_mock_phone(Job job);
[[nodiscard]] awaitable<Outcome> list_mock_phones(Job job);
[[nodiscard]] awaitable<Outcome> delete_mock_phone(Job job);

/// A user of the console project who owns the team of the administrators.
[[nodiscard]] awaitable<Outcome> create_administrator(Job job);
/// The code that the first one may sign up with over HTTP. With the flag `keep` none when there is one already.
[[nodiscard]] awaitable<Outcome> make_signup_code(Job job);
[[nodiscard]] awaitable<Outcome> create_user(Job job);
[[nodiscard]] awaitable<Outcome> list_users(Job job);
[[nodiscard]] awaitable<Outcome> show_user(Job job);
[[nodiscard]] awaitable<Outcome> set_user_password(Job job);
[[nodiscard]] awaitable<Outcome> block_user(Job job);
[[nodiscard]] awaitable<Outcome> unblock_user(Job job);
[[nodiscard]] awaitable<Outcome> delete_user(Job job);

[[nodiscard]] awaitable<Outcome> import_users(Job job);
[[nodiscard]] awaitable<Outcome> export_users(Job job);

[[nodiscard]] awaitable<Outcome> check(Job job);
[[nodiscard]] awaitable<Outcome> backup(Job job);

/// One security line: what a command changed.
void log_security(Services& services, std::string_view event, std::string_view project, std::string_view user_id,
                  std::string_view reason);

}  // namespace portcullis::admin
