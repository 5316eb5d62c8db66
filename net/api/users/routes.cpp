// The users service's rows of the route table. No limits: only keys may call it, and impersonators
// where it reads. Source: docs/contract/users.md 2.

#include <string_view>
#include <utility>

#include "net/api/lists/lists.hpp"
#include "net/api/routes.hpp"
#include "net/api/users/handlers.hpp"

namespace portcullis::api {
namespace {

using http::Method;
namespace r = rules;

/// One row; `model` empty = 204.
Route row(Method method, std::string_view path, std::string_view name, int status, std::string_view model,
          Handler handler, Inputs inputs) {
  const char* const scope = method == Method::get ? "users.read" : "users.write";
  return Route{method, path, {}, name, {scope}, Service::users, status, model, handler, std::move(inputs)};
}

/// The user that the path names, and what else a route takes.
template <class In>
Inputs of_user(std::initializer_list<Param> more = {}) {
  Inputs made = inputs<In>({required("userId", r::uid, &In::user_id)});
  made.params.insert(made.params.end(), more);
  return made;
}

Inputs with_text(const char* name, const Rule<std::string>& rule) {
  return of_user<UserTextInput>({required(name, rule, &UserTextInput::value)});
}

Inputs with_flag(const char* name, const Rule<bool>& rule) {
  return of_user<UserFlagInput>({required(name, rule, &UserFlagInput::value)});
}

Inputs import_inputs(std::initializer_list<Param> more = {}) {
  using In = ImportUserInput;
  Inputs made = inputs<In>({required("userId", r::custom_id, &In::user_id), required("email", r::email, &In::email),
                            required("password", r::hash_text, &In::hash)});
  made.params.insert(made.params.end(), more);
  made.params.push_back(optional("name", r::name, &In::name));
  return made;
}

std::vector<Route> creations() {
  using In = ImportUserInput;
  using New = CreateUserInput;
  return {
      row(Method::post, "/v1/users", "usersCreate", 201, "User", create_user,
          inputs<New>({required("userId", r::custom_id, &New::user_id), optional("email", r::email, &New::email),
                       optional("phone", r::phone, &New::phone), optional("password", r::new_password, &New::password),
                       optional("name", r::name, &New::name)})),
      row(Method::post, "/v1/users/argon2", "usersCreateArgon2User", 201, "User", import_argon2, import_inputs()),
      row(Method::post, "/v1/users/bcrypt", "usersCreateBcryptUser", 201, "User", import_bcrypt, import_inputs()),
      row(Method::post, "/v1/users/md5", "usersCreateMD5User", 201, "User", import_md5, import_inputs()),
      row(Method::post, "/v1/users/sha", "usersCreateSHAUser", 201, "User", import_sha,
          import_inputs({optional("passwordVersion", r::sha_version, &In::sha_version)})),
      row(Method::post, "/v1/users/phpass", "usersCreatePHPassUser", 201, "User", import_phpass, import_inputs()),
      row(Method::post, "/v1/users/scrypt", "usersCreateScryptUser", 201, "User", import_scrypt,
          import_inputs({required("passwordSalt", r::name, &In::salt),
                         required("passwordCpu", r::whole_number, &In::cpu),
                         required("passwordMemory", r::whole_number, &In::memory),
                         required("passwordParallel", r::whole_number, &In::parallel),
                         required("passwordLength", r::whole_number, &In::length)})),
      row(Method::post, "/v1/users/scrypt-modified", "usersCreateScryptModifiedUser", 201, "User",
          import_scrypt_modified,
          import_inputs({required("passwordSalt", r::name, &In::salt),
                         required("passwordSaltSeparator", r::name, &In::separator),
                         required("passwordSignerKey", r::name, &In::signer_key)})),
  };
}

std::vector<Route> single_user() {
  return {
      row(Method::get, "/v1/users", "usersList", 200, "UserList", list_users, list_inputs()),
      row(Method::get, "/v1/users/:userId", "usersGet", 200, "User", show_user, of_user<UserInput>()),
      row(Method::del, "/v1/users/:userId", "usersDelete", 204, "", delete_user, of_user<UserInput>()),
      row(Method::patch, "/v1/users/:userId/status", "usersUpdateStatus", 200, "User", set_user_status,
          with_flag("status", r::loose_boolean)),
      row(Method::put, "/v1/users/:userId/labels", "usersUpdateLabels", 200, "User", set_user_labels,
          of_user<UserLabelsInput>({required("labels", r::labels, &UserLabelsInput::labels)})),
      row(Method::patch, "/v1/users/:userId/impersonator", "usersUpdateImpersonator", 200, "User",
          set_user_impersonator, with_flag("impersonator", r::loose_boolean)),
      row(Method::patch, "/v1/users/:userId/name", "usersUpdateName", 200, "User", set_user_name,
          with_text("name", r::name_or_empty)),
      row(Method::patch, "/v1/users/:userId/password", "usersUpdatePassword", 200, "User", set_user_password,
          of_user<UserPasswordInput>({required("password", r::new_password_or_empty, &UserPasswordInput::password)})),
      row(Method::patch, "/v1/users/:userId/email", "usersUpdateEmail", 200, "User", set_user_email,
          with_text("email", r::email_or_empty)),
      row(Method::patch, "/v1/users/:userId/phone", "usersUpdatePhone", 200, "User", set_user_phone,
          with_text("number", r::phone_or_empty)),
      row(Method::patch, "/v1/users/:userId/verification", "usersUpdateEmailVerification", 200, "User",
          set_email_verified, with_flag("emailVerification", r::strict_boolean)),
      row(Method::patch, "/v1/users/:userId/verification/phone", "usersUpdatePhoneVerification", 200, "User",
          set_phone_verified, with_flag("phoneVerification", r::strict_boolean)),
      row(Method::get, "/v1/users/:userId/prefs", "usersGetPrefs", 200, "Preferences", show_user_prefs,
          of_user<UserInput>()),
      row(Method::patch, "/v1/users/:userId/prefs", "usersUpdatePrefs", 200, "Preferences", set_user_prefs,
          with_text("prefs", r::prefs)),
  };
}

std::vector<Route> user_sessions() {
  using Jwt = UserJwtInput;
  using New = UserTokenInput;
  std::vector<Route> rows{
      row(Method::post, "/v1/users/:userId/sessions", "usersCreateSession", 201, "Session", create_user_session,
          inputs<UserInput>({required("userId", r::custom_id, &UserInput::user_id)})),
      row(Method::get, "/v1/users/:userId/sessions", "usersListSessions", 200, "SessionList", list_user_sessions,
          of_user<UserListInput>({optional("total", r::loose_boolean, &UserListInput::total)})),
      row(Method::del, "/v1/users/:userId/sessions", "usersDeleteSessions", 204, "", delete_user_sessions,
          of_user<UserInput>()),
      row(Method::del, "/v1/users/:userId/sessions/:sessionId", "usersDeleteSession", 204, "", delete_user_session,
          of_user<UserSessionInput>({required("sessionId", r::uid, &UserSessionInput::session_id)})),
  };
  for (Route& each : rows) each.scopes.push_back(each.method == Method::get ? "sessions.read" : "sessions.write");
  rows.push_back(row(Method::post, "/v1/users/:userId/jwts", "usersCreateJWT", 201, "JWT", create_user_jwt,
                     of_user<Jwt>({optional("sessionId", r::uid, &Jwt::session_id),
                                   optional("duration", r::jwt_duration, &Jwt::duration_s)})));
  rows.push_back(row(Method::post, "/v1/users/:userId/tokens", "usersCreateToken", 201, "Token", create_user_token,
                     of_user<New>({optional("length", r::token_length, &New::length),
                                   optional("expire", r::token_lifetime, &New::lifetime_s)})));
  return rows;
}

std::vector<Route> user_targets() {
  using New = CreateTargetInput;
  using Update = UpdateTargetInput;
  using One = UserTargetInput;
  const Inputs one = of_user<One>({required("targetId", r::uid, &One::target_id)});
  return {
      row(Method::post, "/v1/users/:userId/targets", "usersCreateTarget", 201, "Target", create_user_target,
          of_user<New>({required("targetId", r::custom_id, &New::target_id),
                        required("providerType", r::provider_type, &New::type),
                        required("identifier", r::target_identifier, &New::identifier),
                        optional("providerId", r::uid, &New::provider_id), optional("name", r::name, &New::name)})),
      row(Method::get, "/v1/users/:userId/targets", "usersListTargets", 200, "TargetList", list_user_targets,
          of_user<UserListInput>({optional("queries", r::queries, &UserListInput::queries),
                                  optional("total", r::loose_boolean, &UserListInput::total)})),
      row(Method::get, "/v1/users/:userId/targets/:targetId", "usersGetTarget", 200, "Target", show_user_target, one),
      row(Method::patch, "/v1/users/:userId/targets/:targetId", "usersUpdateTarget", 200, "Target", update_user_target,
          of_user<Update>({required("targetId", r::uid, &Update::target_id),
                           optional("identifier", r::target_identifier, &Update::identifier),
                           optional("providerId", r::uid, &Update::provider_id),
                           optional("name", r::name, &Update::name)})),
      row(Method::del, "/v1/users/:userId/targets/:targetId", "usersDeleteTarget", 204, "", delete_user_target, one),
  };
}

std::vector<Route> user_identities() {
  using In = IdentityInput;
  return {
      row(Method::get, "/v1/users/identities", "usersListIdentities", 200, "IdentityList", list_identities,
          list_inputs()),
      row(Method::del, "/v1/users/identities/:identityId", "usersDeleteIdentity", 204, "", delete_user_identity,
          inputs<In>({required("identityId", r::uid, &In::identity_id)})),
  };
}

}  // namespace

std::vector<Route> user_routes() {
  std::vector<Route> rows = creations();
  for (std::vector<Route> more : {single_user(), user_sessions(), user_targets(), user_identities()})
    rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return rows;
}

}  // namespace portcullis::api
