#pragma once
// What runs inside a commit for sessions. Rules as in users.hpp.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/session.hpp"
#include "storage/store.hpp"

namespace portcullis::changes {

using storage::Change;

/// The row of a new session among the user's rows that are open, whose oldest go in the same commit when they would be
/// more than `max_sessions` (0 = no limit). Gives the session its `sequence`. Errors: again (selector taken).
[[nodiscard]] result<void> put_session(storage::Edits& edits, ProjectNo p, const std::vector<storage::Row>& rows,
                                       std::uint32_t max_sessions, Session& session);

struct OpenSession {
  Session session;                                 ///< `sequence` is given by the commit
  std::optional<std::uint64_t> expected_revision;  ///< of the password that was verified
  std::uint32_t max_sessions = 10;                 ///< as for put_session
  bool by_key = false;                             ///< opened by an API key: for blocked users too
};
/// Errors: user_invalid_credentials (user gone; user_not_found for a key), user_blocked, again (password changed,
/// selector taken).
[[nodiscard]] Change<Session> open_session(ProjectNo p, OpenSession made);
/// Moves the expiry. Errors: user_session_not_found.
[[nodiscard]] Change<Session> extend_session(ProjectNo p, std::string user_id, std::string session_id, Time now,
                                             Time expires_at);
/// Errors: user_session_not_found.
[[nodiscard]] Change<Session> delete_session(ProjectNo p, std::string user_id, std::string session_id);
/// Answers how many there were; none is no error.
[[nodiscard]] Change<std::size_t> delete_sessions(ProjectNo p, std::string user_id);

}  // namespace portcullis::changes
