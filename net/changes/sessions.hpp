#pragma once
// What runs inside a commit for sessions. Rules as in users.hpp.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/session.hpp"
#include "core/user.hpp"
#include "storage/sessions.hpp"
#include "storage/store.hpp"

namespace portcullis::changes {

using storage::Change;

/// How a session is changed; the change also erases the user's expired sessions.
template <class T>
[[nodiscard]] Change<T> erasing_expired(Change<T> change, ProjectNo p, std::string_view user_id, Time now) {
  const std::size_t at = change.reads.ranges.size();
  change.reads.ranges.push_back(storage::keys::user_sessions(p, user_id));
  change.decide = [inner = std::move(change.decide), at,
                   now](const storage::View& view) -> result<storage::Decision<T>> {
    result<storage::Decision<T>> decision = inner(view);
    if (decision) storage::erase_expired(decision->edits, view.ranges[at], now);
    return decision;
  };
  return change;
}

/// The row of a new session among the user's rows. The same commit erases the sessions that had expired when it was
/// made, and the oldest valid ones when there would be more than `max_sessions` (0 = no limit). Assigns the session's
/// `sequence`. Errors: again (selector taken).
[[nodiscard]] result<void> put_session(storage::Edits& edits, ProjectNo p, const std::vector<storage::Row>& rows,
                                       std::uint32_t max_sessions, Session& session);

/// The hash that a sign-in proved and its successor, which replaces it if the stored hash is still `old_hash`; if not,
/// another sign-in was faster, which is no error. The revision stays.
struct Renewal {
  PasswordHash old_hash;
  PasswordHash new_hash;
};

struct OpenSession {
  Session session;                                 ///< `sequence` is given by the commit
  std::optional<std::uint64_t> expected_revision;  ///< of the password that was verified
  std::uint32_t max_sessions = 10;                 ///< as for put_session
  bool by_key = false;                             ///< opened by an API key: also for blocked users
  std::optional<Renewal> renewal;                  ///< done in the same commit
};
/// Errors: user_invalid_credentials (user gone; user_not_found for a key), user_blocked, again (password changed,
/// selector taken).
[[nodiscard]] Change<Session> open_session(ProjectNo p, OpenSession made);
/// Moves the expiry of a session that is valid at `now`. Errors: user_session_not_found.
[[nodiscard]] Change<Session> extend_session(ProjectNo p, std::string user_id, std::string session_id, Time now,
                                             Time expires_at);
/// Errors: user_session_not_found (none that is valid at `now`).
[[nodiscard]] Change<Session> delete_session(ProjectNo p, std::string user_id, std::string session_id, Time now);
/// Returns how many were valid at `now`; none is no error.
[[nodiscard]] Change<std::size_t> delete_sessions(ProjectNo p, std::string user_id, Time now);

}  // namespace portcullis::changes
