#pragma once
// What runs inside a commit for users: each function declares its reads and decides purely (engine.hpp). Inputs are
// owned. Errors named here are what the caller gets from submit(); errc::again means: read the premise anew and retry.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/session.hpp"
#include "core/user.hpp"
#include "storage/store.hpp"

namespace portcullis::changes {

using storage::Change;

struct NewUser {
  User user;                       ///< `sequence` is given by the commit
  Credential credential;           ///< empty hash = no password
  std::string email_target_id;     ///< used when the user has an e-mail
  std::string phone_target_id;     ///< used when the user has a phone
  std::optional<Session> session;  ///< opened in the same commit (anonymous sign-up)
  std::uint32_t user_limit = 0;    ///< 0 = none
  std::optional<Time> accessed_at;
};

struct CreatedUser {
  User user;
  std::vector<Target> targets;                     ///< those made now
  std::optional<storage::codec::TargetRef> taken;  ///< an e-mail target that already exists elsewhere
};

/// Errors: user_already_exists (id, e-mail or phone), user_count_exceeded.
[[nodiscard]] Change<CreatedUser> create_user(ProjectNo p, NewUser made);
/// Rewrites the user's row by `edit` and bumps `updated_at`. `edit` is pure. Errors: user_not_found, edit's own.
[[nodiscard]] Change<User> update_user(ProjectNo p, std::string user_id, Time now,
                                       std::function<result<void>(User&)> edit);
/// Replaces the preferences (JSON object text). Errors: user_not_found.
[[nodiscard]] Change<User> put_prefs(ProjectNo p, std::string user_id, Time now, std::string prefs);
[[nodiscard]] Change<User> set_status(ProjectNo p, std::string user_id, Time now, bool status);

struct NewPassword {
  PasswordHash hash;
  std::optional<std::uint64_t> expected_revision;  ///< what the caller verified against
  std::uint32_t history = 0;                       ///< how many hashes to remember; 0 leaves what is stored
  bool closes_sessions = false;
  std::string kept_selector;  ///< the session that stays when others close; empty = none stays
};
/// Errors: user_not_found, again (the password changed meanwhile).
[[nodiscard]] Change<User> set_password(ProjectNo p, std::string user_id, Time now, NewPassword made);
/// Swaps the hash bytes when they are still `old_hash`; does nothing otherwise. The revision stays.
[[nodiscard]] Change<bool> rehash(ProjectNo p, std::string user_id, PasswordHash old_hash, PasswordHash new_hash);

struct NewAddress {
  std::string old_value;  ///< what the caller saw; differing in the commit = again
  std::string new_value;
  std::optional<PasswordHash> first_password;  ///< set when the user has none yet
  std::uint64_t expected_revision = 0;
};
/// Errors: user_not_found, user_target_already_exists, general_bad_request (e-mail of another user), again.
[[nodiscard]] Change<User> change_email(ProjectNo p, std::string user_id, Time now, NewAddress made);
/// Errors: user_not_found, user_target_already_exists, user_phone_already_exists, again.
[[nodiscard]] Change<User> change_phone(ProjectNo p, std::string user_id, Time now, NewAddress made);

/// Deletes the user with all rows and index entries. Errors: user_not_found.
[[nodiscard]] Change<bool> delete_user(ProjectNo p, std::string user_id);
/// Fire and forget: `accessed_at` when it is a day old. Dropped when the writer is busy.
[[nodiscard]] storage::EngineChange note_access(ProjectNo p, std::string user_id, Time now);

}  // namespace portcullis::changes
