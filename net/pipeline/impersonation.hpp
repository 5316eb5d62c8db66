#pragma once
// Acting as another user: whom a request names, and what else comes with the right to. Source: docs/contract/account.md
// 0 and 1.2. Runs on the request's reactor.

#include "net/pipeline/call.hpp"

namespace portcullis {

/// Whether the request may be about another user than the one who signed in. A user without the right who only looks
/// sees themselves, as the API has it; one who means to change another must not change themselves instead.
[[nodiscard]] bool may_name_another(const http::Request& request, const Call& call);

/// Sets `call.principal.impersonated` when the request names a user who is there, or why nobody can be acted as:
/// user_not_found, user_unauthorized for a caller without the right. Errors: those of the store, and of a query that
/// cannot be read.
[[nodiscard]] awaitable<result<void>> resolve_impersonation(Services& services, const http::Request& request,
                                                            Call& call);

/// The one right that comes with it: reading users through the users service.
[[nodiscard]] bool reads_users_as_impersonator(const Call& call);

}  // namespace portcullis
