#include "core/error.hpp"

#include <stdexcept>
#include <string>

namespace portcullis {
namespace {

constexpr ErrorDescription descriptions[] = {
    {errc::general_unknown, "general_unknown", 500, "The server failed to answer; the failure was logged."},
    {errc::general_unknown_origin, "general_unknown_origin", 403, "Pages of this origin may not call this project."},
    {errc::general_api_disabled, "general_api_disabled", 403, "The REST API is switched off for this project."},
    {errc::general_service_disabled, "general_service_disabled", 403, "This service is switched off for this project."},
    {errc::general_unauthorized_scope, "general_unauthorized_scope", 401, "The caller lacks the scope this needs."},
    {errc::general_access_forbidden, "general_access_forbidden", 401, "This route is not for this project."},
    {errc::general_rate_limit_exceeded, "general_rate_limit_exceeded", 429, "Too many requests; try again later."},
    {errc::general_argument_invalid, "general_argument_invalid", 400, "A parameter is missing or invalid."},
    {errc::general_query_invalid, "general_query_invalid", 400, "The query cannot be read."},
    {errc::general_cursor_not_found, "general_cursor_not_found", 400, "The cursor names nothing that exists."},
    {errc::general_route_not_found, "general_route_not_found", 404, "There is no such route."},
    {errc::general_server_error, "general_server_error", 500, "The server failed to answer; the failure was logged."},
    {errc::general_bad_request, "general_bad_request", 400, "The request conflicts with itself or with what exists."},
    {errc::general_invalid_email, "general_invalid_email", 400, "This is no usable e-mail address."},
    {errc::general_invalid_phone, "general_invalid_phone", 400, "This is no usable phone number."},
    {errc::general_smtp_disabled, "general_smtp_disabled", 503, "This server has nothing to send mail with."},
    {errc::user_count_exceeded, "user_count_exceeded", 400, "This project takes no more users."},
    {errc::user_console_count_exceeded, "user_console_count_exceeded", 501, "Sign-up for administrators is closed."},
    {errc::user_email_not_whitelisted, "user_email_not_whitelisted", 401,
     "This e-mail address may not sign up as an administrator."},
    {errc::user_jwt_invalid, "user_jwt_invalid", 401, "The JWT is malformed, forged or expired."},
    {errc::user_already_exists, "user_already_exists", 409, "A user with this id, e-mail or phone exists."},
    {errc::user_blocked, "user_blocked", 403, "This user is blocked."},
    {errc::user_invalid_credentials, "user_invalid_credentials", 401, "E-mail or password is wrong."},
    {errc::user_anonymous_console_prohibited, "user_anonymous_console_prohibited", 401,
     "Administrators cannot be anonymous."},
    {errc::user_session_already_exists, "user_session_already_exists", 401, "The caller is signed in already."},
    {errc::user_not_found, "user_not_found", 404, "User with the requested ID could not be found."},
    {errc::user_password_reset_required, "user_password_reset_required", 412, "The password must be reset first."},
    {errc::user_email_already_exists, "user_email_already_exists", 409, "This e-mail is taken."},
    {errc::user_session_not_found, "user_session_not_found", 404, "There is no such session."},
    {errc::user_unauthorized, "user_unauthorized", 401, "The caller may not do this."},
    {errc::user_auth_method_unsupported, "user_auth_method_unsupported", 501,
     "This sign-in method is switched off for this project."},
    {errc::user_phone_already_exists, "user_phone_already_exists", 409, "This phone number is taken."},
    {errc::user_more_factors_required, "user_more_factors_required", 401, "Another factor is needed."},
    {errc::user_challenge_required, "user_challenge_required", 401, "A recent second factor is needed."},
    {errc::user_target_not_found, "user_target_not_found", 404, "There is no such target."},
    {errc::user_target_already_exists, "user_target_already_exists", 409, "A target with this id or address exists."},
    {errc::user_invalid_token, "user_invalid_token", 401, "The secret is wrong, used or expired."},
    {errc::user_identity_not_found, "user_identity_not_found", 404, "There is no such identity."},
    {errc::user_jwt_and_cookie_set, "user_jwt_and_cookie_set", 403, "Send a JWT or a session, not both."},
    {errc::user_jwt_creation_denied, "user_jwt_creation_denied", 403, "A JWT cannot make another."},
    {errc::user_id_missing, "user_id_missing", 403, "The key's user must be named in X-Appwrite-User."},
    {errc::organization_id_missing, "organization_id_missing", 403,
     "The key's organization must be named in X-Appwrite-Organization."},
    {errc::password_recently_used, "password_recently_used", 400, "This password was used before."},
    {errc::password_personal_data, "password_personal_data", 400, "The password contains personal data."},
    {errc::provider_not_found, "provider_not_found", 404, "There is no such messaging provider."},
    {errc::provider_incorrect_type, "provider_incorrect_type", 400, "Targets are of type email, sms or push."},
    {errc::project_not_found, "project_not_found", 404, "There is no such project."},
    {errc::project_already_exists, "project_already_exists", 409, "A project with this id exists."},
    {errc::project_reserved_project, "project_reserved_project", 400, "This project id is reserved."},
    {errc::project_key_expired, "project_key_expired", 401, "This API key has expired."},
    {errc::project_id_missing, "project_id_missing", 403, "The key's project must be named in X-Appwrite-Project."},
    {errc::project_region_unsupported, "project_region_unsupported", 400, "There is one region: default."},
    {errc::team_not_found, "team_not_found", 404, "There is no such team."},
    {errc::team_already_exists, "team_already_exists", 409, "A team with this id exists."},
    {errc::key_not_found, "key_not_found", 404, "There is no such key in this project."},
    {errc::key_already_exists, "key_already_exists", 409, "A key with this id exists."},
    {errc::key_creation_denied, "key_creation_denied", 403, "An API key cannot make another."},
    {errc::dev_key_gone, "dev_key_gone", 410, "Dev keys are made by the command line."},
    {errc::platform_not_found, "platform_not_found", 404, "There is no such platform in this project."},
    {errc::platform_already_exists, "platform_already_exists", 409, "A platform with this id exists."},
    {errc::platform_method_unsupported, "platform_method_unsupported", 400, "The platform is of another type."},
    {errc::mock_number_not_found, "mock_number_not_found", 404, "There is no such mock phone number."},
    {errc::mock_number_already_exists, "mock_number_already_exists", 409, "This mock phone number exists."},
    {errc::mock_number_limit_exceeded, "mock_number_limit_exceeded", 400, "The project has no room for more of them."},
    {errc::database_timeout, "database_timeout", 408, "The store took too long."},
    {errc::database_query_order_null, "database_query_order_null", 400,
     "The cursor's record holds nothing in an attribute that the list is ordered by."},
    {errc::outbox_message_not_found, "outbox_message_not_found", 404, "There is no such message that is still due."},
    {errc::outbox_full, "health_queue_size_exceeded", 503, "Too many messages wait to be sent; try again later."},
    {errc::server_busy, "server_busy", 503, "The server has more work than it can do in time; try again later."},
    {errc::storage_full, "storage_full", 503,
     "No room is left for the store: nothing can be changed, reading goes on. Its operator must make room."},
    {errc::storage_poisoned, "storage_unavailable", 503,
     "The disk failed: nothing can be changed, reading goes on. Its operator must look at it, then restart the "
     "server."},
    {errc::record_corrupt, "general_server_error", 500, "A stored record is damaged; its key was logged."},
    {errc::payload_too_large, "general_payload_too_large", 413, "The body is too large."},
    {errc::again, "server_busy", 503, "Too many changes at once; try again."},
};

consteval bool descriptions_are_total() {
  std::size_t index = 0;
  for (const ErrorDescription& each : descriptions)
    if (static_cast<std::size_t>(each.code) != index++) return false;
  return index == static_cast<std::size_t>(errc::again) + 1;
}
static_assert(descriptions_are_total(), "one row for each code, in order");

}  // namespace

const ErrorDescription& describe(errc code) noexcept { return descriptions[static_cast<std::size_t>(code)]; }

void throw_exception_from_error(const error& e, const boost::source_location&) {
  throw std::logic_error("an error was taken for a value: " + std::string(describe(e.code).type));
}

}  // namespace portcullis
