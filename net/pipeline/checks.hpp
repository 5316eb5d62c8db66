#pragma once
// The synchronous checks of the pipeline, each a small function of the request and what is known of the caller.
// Source: docs/contract/account.md 1.6; the numbers are its steps.

#include "net/pipeline/call.hpp"

namespace portcullis::checks {

/// What a check may look at.
struct Facts {
  const Services& services;
  const http::Request& request;
  const Call& call;
};
using Check = result<void> (*)(const Facts&);

[[nodiscard]] result<void> admin_mode(const Facts& f);        ///< 1
[[nodiscard]] result<void> origin(const Facts& f);            ///< 3
[[nodiscard]] result<void> admin_membership(const Facts& f);  ///< 6
[[nodiscard]] result<void> service_enabled(const Facts& f);   ///< 7
[[nodiscard]] result<void> api_enabled(const Facts& f);       ///< 8
[[nodiscard]] result<void> scope(const Facts& f);             ///< 9
[[nodiscard]] result<void> not_blocked(const Facts& f);       ///< 10
[[nodiscard]] result<void> no_reset_pending(const Facts& f);  ///< 11
[[nodiscard]] result<void> enough_factors(const Facts& f);    ///< 12
[[nodiscard]] result<void> impersonation(const Facts& f);     ///< after 12
[[nodiscard]] result<void> auth_method(const Facts& f);       ///< 14
[[nodiscard]] result<void> no_session_yet(const Facts& f);    ///< 14
[[nodiscard]] result<void> recent_mfa(const Facts& f);        ///< 14
[[nodiscard]] result<void> timestamp(const Facts& f);         ///< before 16

/// May a page of this origin call?
[[nodiscard]] bool origin_is_allowed(const Facts& f);

}  // namespace portcullis::checks
