#pragma once
// The typed reads of the product over an engine: the only place that knows which rows answer which question. Values
// are owned. Coroutines run on the caller's executor. A record that fails its check is errc::record_corrupt.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/project.hpp"
#include "core/session.hpp"
#include "core/user.hpp"
#include "storage/change.hpp"
#include "storage/codec.hpp"
#include "storage/engine.hpp"
#include "storage/keys.hpp"

namespace portcullis::storage {

/// A user as a session check or an answer needs it. Texts borrow from the rows' bytes, which the profile that was read
/// owns; `prefs` is JSON object text, `{}` when none.
struct Profile {
  BorrowedUser user;
  Time accessed_at{};
  std::string_view prefs = "{}";
  std::vector<BorrowedTarget> targets;
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
  [[nodiscard]] awaitable<result<std::optional<Account>>> account(ProjectNo p, std::string user_id);
  /// By normalised e-mail; two trips. A premise to re-check inside the commit.
  [[nodiscard]] awaitable<result<std::optional<Account>>> account_by_email(ProjectNo p, std::string email);
  /// All sessions, oldest first.
  [[nodiscard]] awaitable<result<std::vector<Session>>> sessions(ProjectNo p, std::string user_id);
  [[nodiscard]] awaitable<result<codec::Counters>> counters(ProjectNo p);
  /// Users in creation order after `after_sequence`, at most 64 a call. `next` = the last sequence seen.
  struct UserPage {
    std::vector<User> users;
    std::uint64_t next = 0;
    bool more = false;
  };
  [[nodiscard]] awaitable<result<UserPage>> users(ProjectNo p, std::uint64_t after_sequence, std::uint32_t limit);

  // For the project snapshot: every project and its keys, without a coroutine.
  [[nodiscard]] result<std::vector<Project>> all_projects_now();
  [[nodiscard]] result<std::vector<ApiKey>> all_keys_now(ProjectNo p);

 private:
  Engine& engine_;
};

/// Helpers for decide(): typed values out of a View.
[[nodiscard]] result<std::vector<Session>> decode_sessions(const std::vector<Row>& rows);  ///< oldest first

}  // namespace portcullis::storage
