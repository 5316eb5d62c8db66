#pragma once
// Step 13 of the pipeline: the windows a route declares, and the second dimension by client network for failed
// password checks. Source: docs/contract/account.md 1.8; the second dimension: docs/security.md.

#include "net/route.hpp"

namespace portcullis {

/// Counts this request in every window of its route. `allowed` is the conjunction; the numbers are those of the window
/// with the smallest remaining. The route has a limit. Callers with a key are measured, never refused.
[[nodiscard]] awaitable<result<LimitVerdict>> count_request(Services& services, const Call& call);
/// Sets the windows of a route with a limit back after a 201, when it says so.
void reset_after_success(Services& services, const Call& call);

/// Failed password checks by client network. `admits` is asked before the check, `count` after a mismatch. Errors:
/// general_rate_limit_exceeded.
[[nodiscard]] result<void> admits_password_check(Services& services, const Call& call);
void count_failed_password(Services& services, const Call& call);
/// The same for the secret of a token, which may be a few digits: a mismatch counts as a failed password check of its
/// network, and of all networks together for the user.
[[nodiscard]] result<void> admits_token_check(Services& services, const Call& call, std::string_view user_id);
void count_failed_token(Services& services, const Call& call, std::string_view user_id);

}  // namespace portcullis
