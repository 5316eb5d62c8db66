#pragma once
// The vocabulary of failure: every error a caller may cause or must handle, as one small trivially copyable value.
// Types and HTTP statuses are the wire contract's; the rows live in error.cpp. Any thread.

#include <boost/system/result.hpp>
#include <cstdint>
#include <string_view>

namespace portcullis {

enum class errc : std::uint16_t {
  general_unknown,
  general_unknown_origin,
  general_api_disabled,
  general_service_disabled,
  general_unauthorized_scope,
  general_access_forbidden,
  general_rate_limit_exceeded,
  general_argument_invalid,
  general_query_invalid,
  general_cursor_not_found,
  general_route_not_found,
  general_server_error,
  general_bad_request,
  general_invalid_email,
  general_invalid_phone,
  general_smtp_disabled,
  user_count_exceeded,
  user_console_count_exceeded,
  user_email_not_whitelisted,
  user_jwt_invalid,
  user_already_exists,
  user_blocked,
  user_invalid_credentials,
  user_anonymous_console_prohibited,
  user_session_already_exists,
  user_not_found,
  user_password_reset_required,
  user_email_already_exists,
  user_session_not_found,
  user_unauthorized,
  user_auth_method_unsupported,
  user_phone_already_exists,
  user_more_factors_required,
  user_challenge_required,
  user_target_not_found,
  user_target_already_exists,
  user_invalid_token,
  user_identity_not_found,
  user_jwt_and_cookie_set,
  user_jwt_creation_denied,
  user_id_missing,
  organization_id_missing,
  password_recently_used,
  password_personal_data,
  provider_not_found,
  provider_incorrect_type,
  project_not_found,
  project_already_exists,
  project_reserved_project,
  project_key_expired,
  project_id_missing,
  project_region_unsupported,
  team_not_found,
  team_already_exists,
  key_not_found,
  key_already_exists,
  key_creation_denied,
  dev_key_gone,
  platform_not_found,
  platform_already_exists,
  platform_method_unsupported,
  mock_number_not_found,
  mock_number_already_exists,
  mock_number_limit_exceeded,
  database_timeout,
  database_query_order_null,
  outbox_message_not_found,  ///< commands only
  outbox_full,               ///< 503: as many messages wait as may
  server_busy,               ///< 503: the work could not be done before its deadline; carries Retry-After
  storage_full,              ///< 503: the map or the disk is full; reads go on
  storage_poisoned,          ///< 503: a flush failed, durability is unknown; writes wait for a restart
  record_corrupt,            ///< 500: a stored record failed its checksum; its key is in the log
  payload_too_large,         ///< 413
  again,  ///< never on the wire: a change's premise is stale, the caller reads again a bounded number of times
};

/// One failure. `param` and `rule` are static text: the parameter at fault and what it must satisfy.
struct error {
  errc code = errc::general_unknown;
  const char* param = nullptr;
  const char* rule = nullptr;
  std::uint32_t retry_after_s = 0;

  constexpr error() = default;
  constexpr error(errc c, const char* p = nullptr, const char* r = nullptr) : code(c), param(p), rule(r) {}  // NOLINT
  friend constexpr bool operator==(const error& a, const error& b) { return a.code == b.code; }
};

/// The public face of an error code. Source: docs/contract/errors.tsv.
struct ErrorDescription {
  errc code;
  std::string_view type;     ///< wire `type`
  int status;                ///< HTTP status on the wire
  std::string_view message;  ///< our own words; clients must not depend on it
};

/// The row of a code; total over the enum.
[[nodiscard]] const ErrorDescription& describe(errc code) noexcept;

/// server_busy with a Retry-After of at least a second.
[[nodiscard]] constexpr error busy(std::uint32_t retry_after_s) noexcept {
  error refusal = errc::server_busy;
  refusal.retry_after_s = retry_after_s > 1 ? retry_after_s : 1;
  return refusal;
}

/// Thrown by result::value() on an error: a programming mistake, caught at the nearest boundary.
[[noreturn]] void throw_exception_from_error(const error& e, const boost::source_location& where);

template <class T>
using result = boost::system::result<T, error>;

}  // namespace portcullis
