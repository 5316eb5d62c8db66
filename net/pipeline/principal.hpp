#pragma once
// Who calls: credentials of a request resolved in the order of docs/contract/account.md 1.6 (steps 2 and 5). Runs on
// the request's reactor; reads the store once for a session.

#include "net/pipeline/call.hpp"

namespace portcullis {

/// The project a request names: parameter, header, query; `console` when none; or, in the old paths of the project
/// service, the path, with which the others must agree. Errors: project_not_found, user_unauthorized.
[[nodiscard]] result<std::shared_ptr<const LiveProject>> resolve_project(const Services& services,
                                                                         const http::Request& request,
                                                                         const Call& call);

/// Sets `call.principal` and `call.jwt_sent` from the request's credentials for `call.live_project` at `call.now`.
/// Errors: user_jwt_invalid, user_jwt_and_cookie_set, project_id_missing,
/// user_id_missing, organization_id_missing, user_unauthorized, project_key_expired.
[[nodiscard]] awaitable<result<void>> resolve_principal(Services& services, const http::Request& request, Call& call);

}  // namespace portcullis
