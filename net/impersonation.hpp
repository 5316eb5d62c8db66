#pragma once
// Acting as another user: whom a request names, and what else comes with the right to. Source: docs/contract/account.md
// 0 and 1.2. Runs on the request's reactor.

#include "net/route.hpp"

namespace portcullis {

/// Sets `call.principal.impersonated` when the request names a user who is there. The caller is a user with that right;
/// anybody else's request goes on as if it had named nobody. Errors: those of the store.
[[nodiscard]] awaitable<result<void>> resolve_impersonation(Services& services, const http::Request& request,
                                                            Call& call);

/// The one right that comes with it: reading users through the users service.
[[nodiscard]] bool reads_users_as_impersonator(const Call& call);

}  // namespace portcullis
