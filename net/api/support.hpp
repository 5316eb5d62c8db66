#pragma once
// What handlers of the account share: checking a password with its limits, granting a session, answering the user.

#include <string>
#include <string_view>
#include <vector>

#include "net/pipeline/call.hpp"

namespace portcullis::api {

/// For the hashes of a request that checks stored ones of `credential`, too: all wait as long as the slowest check may.
/// `account` is the fairness key.
[[nodiscard]] HashTicket ticket_beside(const Services& svc, const Call& call, const Credential& credential,
                                       std::string_view account);

/// Verifies `password` within the network's limit, and counts a mismatch. A hash that is slow (Hasher::is_slow) gets
/// the deadline of administrators, whatever the ticket says. Errors: user_invalid_credentials,
/// general_rate_limit_exceeded, server_busy.
[[nodiscard]] awaitable<result<Verdict>> check_password(Services& svc, const Call& call, ReadHash expected,
                                                        Secret password, HashTicket ticket,
                                                        OnMatch then = OnMatch::nothing);

/// A fresh session and the one moment its secret is known.
struct Grant {
  Session session;
  std::string encoded;  ///< what cookies and headers carry
};
[[nodiscard]] Grant grant_session(Services& svc, const Call& call, std::string user_id, std::string provider,
                                  std::string provider_uid, std::string factor);
/// The caller's session as cookies and X-Fallback-Cookies carry it; empty where there is none.
[[nodiscard]] std::string sent_session(const Call& call);
[[nodiscard]] Answer session_created(const Session& session, const Grant& grant, const Call& call);

/// A JWT of the project for the user, bound to the session or, when that is empty, to none. Errors:
/// general_argument_invalid for no duration at all.
[[nodiscard]] result<Answer> answer_jwt(const Call& call, std::string_view user_id, std::string_view session_id,
                                        std::int64_t duration_s);

/// The caller's profile with its user replaced, as the User model.
[[nodiscard]] Answer answer_user(const Call& call, const User& user);
/// The same, read anew (targets changed).
[[nodiscard]] awaitable<result<Answer>> answer_user_anew(Services& svc, const Call& call);

/// One security line about `user_id`, which also names the caller when that is another who acts as this user.
void log_security(Services& svc, const Call& call, std::string_view event, std::string_view outcome,
                  std::string_view user_id, std::string_view reason = {});

/// Does the new password contain what is known of the user, where the project asks for that check?
[[nodiscard]] result<void> check_personal_data(const Call& call, const BorrowedUser& user, const Secret& password);

}  // namespace portcullis::api
