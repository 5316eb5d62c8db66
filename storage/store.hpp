#pragma once
// The typed reads of the product over an engine. Each is defined in the file of its noun, which knows the rows that
// answer the question; accounts.cpp and profiles.cpp read several nouns together. Values are owned. Coroutines run on
// the caller's executor. A record that fails its check is errc::record_corrupt.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/project.hpp"
#include "core/session.hpp"
#include "core/team.hpp"
#include "core/token.hpp"
#include "core/user.hpp"
#include "storage/change.hpp"
#include "storage/codec.hpp"
#include "storage/counters.hpp"
#include "storage/engine.hpp"
#include "storage/identities.hpp"

namespace portcullis::storage {

/// A user as a session check or an answer needs it. Texts borrow from the rows' bytes, which the profile that was read
/// owns; `prefs` is JSON object text, `{}` when none.
struct Profile {
  BorrowedUser user;
  Time accessed_at{};
  std::string_view prefs = "{}";
  std::vector<BorrowedTarget> targets;
  std::vector<BorrowedMembership> memberships;
  std::optional<BorrowedSession> session;  ///< the row named by the selector, when one was asked for and found
  std::unique_ptr<const char[]> bytes;     ///< null in a profile put together from others

  /// User, targets and preferences of this one, which must outlive the answer.
  [[nodiscard]] Profile shown() const;
};

/// A user together with its password row.
struct Account {
  User user;
  Credential credential;
};

/// What a sign-in with an e-mail address begins with.
struct SignInPremise {
  std::optional<Account> account;  ///< empty when nobody has the address
  HashClasses hash_classes;        ///< of the project's users
};

/// A user as the users service shows it.
struct ServedUser {
  Profile profile;
  Credential credential;
};

class Store {
 public:
  explicit Store(Engine& engine) : engine_(engine) {}
  [[nodiscard]] Engine& engine() const noexcept { return engine_; }

  /// The user's profile, and the session of that selector when `selector` is not empty. One trip.
  /// Null when there is no such user.
  [[nodiscard]] awaitable<result<std::unique_ptr<Profile>>> profile(ProjectNo p, std::string user_id,
                                                                    std::string selector);
  /// The user's profile with the password row, as the users service shows it. One trip. Null when there is no such
  /// user.
  [[nodiscard]] awaitable<result<std::unique_ptr<ServedUser>>> served_user(ProjectNo p, std::string user_id);
  /// The same for several users, in the order of their ids and without those that are gone, for the scan thread.
  [[nodiscard]] result<std::vector<ServedUser>> served_users_now(ProjectNo p, const std::vector<std::string>& ids);
  /// The profile of the user with that address, normalised; two trips. Null when there is none.
  [[nodiscard]] awaitable<result<std::unique_ptr<Profile>>> profile_by_email(ProjectNo p, std::string email);
  [[nodiscard]] awaitable<result<std::unique_ptr<Profile>>> profile_by_phone(ProjectNo p, std::string phone);
  [[nodiscard]] awaitable<result<std::optional<Account>>> account(ProjectNo p, std::string user_id);
  /// By normalised e-mail; two trips. A premise to re-check inside the commit.
  [[nodiscard]] awaitable<result<std::optional<Account>>> account_by_email(ProjectNo p, std::string email);
  /// The same with the project's counts of hashes, in the same two trips.
  [[nodiscard]] awaitable<result<SignInPremise>> sign_in_premise(ProjectNo p, std::string email);
  /// Those that live at `now`, oldest first.
  [[nodiscard]] awaitable<result<std::vector<Session>>> sessions(ProjectNo p, std::string user_id, Time now);
  /// All tokens, oldest first; none for an unknown user. A premise to re-check inside the commit.
  [[nodiscard]] awaitable<result<std::vector<Token>>> tokens(ProjectNo p, std::string user_id);
  [[nodiscard]] awaitable<result<Counters>> counters(ProjectNo p);
  /// Has anybody's identity that e-mail, normalised? A premise to re-check inside the commit.
  [[nodiscard]] awaitable<result<bool>> any_identity_has(ProjectNo p, std::string email);
  /// Whose the identity of that id is. Empty when there is none.
  [[nodiscard]] awaitable<result<std::optional<IdentityRef>>> identity_ref(ProjectNo p, std::string id);
  /// Users in creation order after `after_sequence`, at most 64 a call. `next` = the last sequence seen.
  struct UserPage {
    std::vector<User> users;
    std::uint64_t next = 0;
    bool more = false;
  };
  [[nodiscard]] awaitable<result<UserPage>> users(ProjectNo p, std::uint64_t after_sequence, std::uint32_t limit);

  /// Null when there is no such team.
  [[nodiscard]] awaitable<result<std::optional<Team>>> team(ProjectNo p, std::string team_id);
  /// Those of the ids that there are, in the order of the ids.
  [[nodiscard]] awaitable<result<std::vector<Team>>> teams(ProjectNo p, std::vector<std::string> team_ids);

  /// Empty when there is none of that number.
  [[nodiscard]] awaitable<result<std::optional<MockPhone>>> mock_phone(ProjectNo p, std::string number);

  // For the project snapshot: every project and its keys, without a coroutine.
  [[nodiscard]] result<std::vector<Project>> all_projects_now();
  [[nodiscard]] result<std::vector<ApiKey>> all_keys_now(ProjectNo p);
  [[nodiscard]] result<std::vector<ApiKey>> all_dev_keys_now(ProjectNo p);
  [[nodiscard]] result<std::vector<Platform>> all_platforms_now(ProjectNo p);
  /// In the order of adding.
  [[nodiscard]] result<std::vector<MockPhone>> all_mock_phones_now(ProjectNo p);

 private:
  [[nodiscard]] awaitable<result<std::unique_ptr<Profile>>> profile_at(ProjectNo p, std::string index_key);
  Engine& engine_;
};

}  // namespace portcullis::storage
