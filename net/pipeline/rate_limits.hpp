#pragma once
// Step 13 of the pipeline: the windows a route declares, and the second dimension by client network for failed
// password checks. Everything is charged before the work and given back where the work shows that it should be, so that
// no burst passes a limit. Source: docs/contract/account.md 1.8; the second dimension: docs/security.md.

#include "net/pipeline/call.hpp"

namespace portcullis {

/// Are the request's parameters valid? Those of an account that is named by nothing valid make no window.
enum class Parameters : std::uint8_t { invalid, valid };

/// Counts this request in every window of its route, into `call.charges`. `allowed` is the conjunction; the numbers are
/// those of the window with the smallest remaining. The route has a limit. Callers with a key are measured, never
/// refused.
[[nodiscard]] awaitable<result<LimitVerdict>> count_request(Services& services, Call& call, Parameters parameters);
/// What the answer means for the windows in `call.charges`: after a success those of a route that says so are set back;
/// a request that was refused unheard (429, 500, 503) is given back; any other error is a failure.
void settle_request(Services& services, const Call& call, const result<void>& answered);

/// One failed check of a password or a token by client network, charged before the check.
struct FailureCharges {
  std::array<LimitCharge, 2> of{};
  std::size_t count = 0;
};
/// Errors: general_rate_limit_exceeded, with a Retry-After of a second where checks that are running fill the limit.
[[nodiscard]] result<FailureCharges> charge_password_check(Services& services, const Call& call);
/// The same for the secret of a token, which may be a few digits: a mismatch counts as a failed password check of its
/// network, and of all networks together for the user.
[[nodiscard]] result<FailureCharges> charge_token_check(Services& services, const Call& call, std::string_view user_id);
enum class CheckOutcome : std::uint8_t { failed, passed_or_not_made };
void settle_check(Services& services, const FailureCharges& charges, CheckOutcome outcome);

}  // namespace portcullis
