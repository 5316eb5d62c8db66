#pragma once
// What runs inside a commit for users: each function declares its reads and decides purely (engine.hpp). Inputs are
// owned. Errors named here are what submit() returns; errc::again means: read the premise again and retry.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "core/session.hpp"
#include "core/team.hpp"
#include "core/user.hpp"
#include "storage/store.hpp"

namespace portcullis::changes {

using storage::Change;

/// A team that is made unless it exists, and the id of the new user's membership in it.
struct FirstTeam {
  Team team;
  std::string membership_id;
};

/// The team of the administrators.
[[nodiscard]] FirstTeam first_team(Time now, Random& random);

/// What creating a user does to the stored code for the first administrator: nothing; erase it if there is one; or
/// require that it is the given one, and erase it.
enum class SignupCode : std::uint8_t { stays, ends, is_needed };

struct NewUser {
  User user;                       ///< `sequence` is given by the commit
  Credential credential;           ///< empty hash = no password
  std::string email_target_id;     ///< used when the user has an e-mail
  std::string phone_target_id;     ///< used when the user has a phone
  std::optional<Session> session;  ///< opened in the same commit (anonymous sign-up)
  std::uint32_t user_limit = 0;    ///< 0 = none
  std::optional<FirstTeam> team;   ///< joined as an owner in the same commit
  SignupCode signup_code = SignupCode::stays;
  std::string signup_code_hash;  ///< of the given code
  std::optional<Time> accessed_at;
  errc identity_clash = errc::user_email_already_exists;  ///< when anybody's identity has the e-mail
  std::string prefs;                                      ///< JSON object text; empty = none
};

/// The user's first password; `history` = how many hashes the project remembers.
void give_password(NewUser& made, PasswordHash hash, Time set_at, std::uint32_t history);

struct CreatedUser {
  User user;
  std::vector<Target> targets;  ///< the new ones: none for an address that is another user's target
};

/// Errors: user_already_exists (id, e-mail or phone), user_count_exceeded, that of an identity, user_invalid_token (not
/// the code, or the code is used up).
[[nodiscard]] Change<CreatedUser> create_user(ProjectNo p, NewUser made);

/// The outcome for one of many users; earlier users of the batch count as existing.
enum class Imported : std::uint8_t { taken, id_exists, email_exists, phone_exists, identity_exists };
/// Creates every user that can be created, in one change, with one outcome for each. Sessions and user limits are
/// ignored.
[[nodiscard]] Change<std::vector<Imported>> import_users(ProjectNo p, std::shared_ptr<const std::vector<NewUser>> made);

/// Rewrites the user's row by `edit` and bumps `updated_at`. `edit` is pure. Errors: user_not_found, edit's own.
[[nodiscard]] Change<User> update_user(ProjectNo p, std::string user_id, Time now,
                                       std::function<result<void>(User&)> edit);
/// Replaces the preferences (JSON object text). Errors: user_not_found.
[[nodiscard]] Change<User> put_prefs(ProjectNo p, std::string user_id, Time now, std::string prefs);
[[nodiscard]] Change<User> set_status(ProjectNo p, std::string user_id, Time now, bool status);

struct NewPassword {
  PasswordHash hash;
  std::optional<std::uint64_t> expected_revision;  ///< the revision that the caller verified
  std::uint32_t history = 0;                       ///< how many hashes to remember; 0 leaves what is stored
  bool closes_sessions = false;
  std::string kept_selector;  ///< the session that is kept when others close; empty = none
};
/// The user's sign-in tokens end with the old password. Errors: user_not_found, again (the password changed meanwhile).
[[nodiscard]] Change<User> set_password(ProjectNo p, std::string user_id, Time now, NewPassword made);

struct NewAddress {
  std::string old_value;  ///< what the caller saw; another value in the commit = again
  std::string new_value;
  std::optional<PasswordHash> first_password;  ///< set when the user has none yet
  std::uint64_t expected_revision = 0;
};
/// Errors: user_not_found, user_target_already_exists, general_bad_request (e-mail of another user or
/// of their identity), again.
[[nodiscard]] Change<User> change_email(ProjectNo p, std::string user_id, Time now, NewAddress made);
/// Errors: user_not_found, user_target_already_exists, user_phone_already_exists, again.
[[nodiscard]] Change<User> change_phone(ProjectNo p, std::string user_id, Time now, NewAddress made);

/// Deletes the user with all rows and index entries. `teams` are the teams that the caller saw the user in. Errors:
/// user_not_found, again (the user has joined another team).
[[nodiscard]] Change<bool> delete_user(ProjectNo p, std::string user_id, const std::vector<std::string>& teams);
/// Fire and forget: updates `accessed_at` when it is a day old. Dropped when the writer is busy.
[[nodiscard]] storage::EngineChange note_access(ProjectNo p, std::string user_id, Time now);

}  // namespace portcullis::changes
