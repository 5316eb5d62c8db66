#pragma once
// How long a session lives, how many a user may have, and how many proofs it must hold.
// Source: docs/contract/account.md 1.6 (recent MFA), 2.3, 5 and 6. Pure; any thread.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/session.hpp"
#include "core/time.hpp"
#include "core/user.hpp"

namespace portcullis::policies {

/// The most sessions that keys may open for a user; the project's limit does not bind them.
inline constexpr std::uint32_t most_sessions = 1000;

/// Which of a user's live sessions to delete, as indices in ascending order, so that one more fits under
/// `max_sessions`. 0 disables the limit.
[[nodiscard]] std::vector<std::size_t> sessions_to_evict(const std::vector<Session>& oldest_first,
                                                         std::uint32_t max_sessions);

using portcullis::is_live;

/// 2 when the user turned MFA on and has a second factor, else 1.
template <class Text>
[[nodiscard]] std::uint32_t needed_factors(const BasicUser<Text>& user) noexcept {
  return user.mfa && (user.email_verified || user.phone_verified) ? 2 : 1;
}

/// Whether 24 hours have passed since the user's activity was last stored.
[[nodiscard]] bool needs_access_update(Time last, Time now) noexcept;

/// Whether the session passed an MFA challenge in the last 1800 s.
template <class Text>
[[nodiscard]] bool recent_mfa(const BasicSession<Text>& session, Time now) noexcept {
  return session.mfa_updated_at && now - *session.mfa_updated_at <= std::chrono::seconds{1800};
}

}  // namespace portcullis::policies
