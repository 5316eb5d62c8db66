#pragma once
// Handlers of the users service, for API keys and, where they only read, for impersonators, with the inputs that
// routes.cpp declares for them. Source: docs/contract/users.md.

#include <cstdint>
#include <string>
#include <vector>

#include "net/api/lists/lists.hpp"
#include "net/pipeline/call.hpp"
#include "net/wire/imported_hash.hpp"

namespace portcullis::api {

struct UserInput {
  std::string user_id;
};
struct CreateUserInput {
  std::string user_id, email, phone;
  Secret password;  ///< empty = none
  std::string name;
};
/// A hash of another product, as it was stored there.
struct ImportUserInput : HashDetails {
  std::string user_id, email, hash, name;
};
struct UserTextInput {
  std::string user_id;
  std::string value;
};
struct UserFlagInput {
  std::string user_id;
  bool value = false;
};
struct UserLabelsInput {
  std::string user_id;
  std::vector<std::string> labels;
};
struct UserPasswordInput {
  std::string user_id;
  Secret password;  ///< empty = none from now on
};
struct UserSessionInput {
  std::string user_id;
  std::string session_id;
};
struct UserTargetInput {
  std::string user_id, target_id;
};
struct CreateTargetInput {
  std::string user_id, target_id, type, identifier, provider_id, name;
};
struct UpdateTargetInput {
  std::string user_id, target_id, identifier, provider_id, name;  ///< the last three empty = not given
};
struct UserListInput : ListInput {
  std::string user_id;
};
struct UserJwtInput {
  std::string user_id;
  std::string session_id = "recent";
  std::int64_t duration_s = 900;
};
struct IdentityInput {
  std::string identity_id;
};
struct UserTokenInput {
  std::string user_id;
  std::int64_t length = 6;
  std::int64_t lifetime_s = 900;
};

// create.cpp
awaitable<result<Answer>> create_user(Services& svc, const Call& call);
awaitable<result<Answer>> import_argon2(Services& svc, const Call& call);
awaitable<result<Answer>> import_bcrypt(Services& svc, const Call& call);
awaitable<result<Answer>> import_md5(Services& svc, const Call& call);
awaitable<result<Answer>> import_sha(Services& svc, const Call& call);
awaitable<result<Answer>> import_phpass(Services& svc, const Call& call);
awaitable<result<Answer>> import_scrypt(Services& svc, const Call& call);
awaitable<result<Answer>> import_scrypt_modified(Services& svc, const Call& call);
// identities.cpp
awaitable<result<Answer>> list_identities(Services& svc, const Call& call);
awaitable<result<Answer>> delete_user_identity(Services& svc, const Call& call);
// list.cpp
awaitable<result<Answer>> list_users(Services& svc, const Call& call);
// one.cpp
awaitable<result<Answer>> show_user(Services& svc, const Call& call);
awaitable<result<Answer>> delete_user(Services& svc, const Call& call);
awaitable<result<Answer>> set_user_status(Services& svc, const Call& call);
awaitable<result<Answer>> set_user_impersonator(Services& svc, const Call& call);
awaitable<result<Answer>> set_user_labels(Services& svc, const Call& call);
awaitable<result<Answer>> set_user_name(Services& svc, const Call& call);
awaitable<result<Answer>> set_user_email(Services& svc, const Call& call);
awaitable<result<Answer>> set_user_phone(Services& svc, const Call& call);
awaitable<result<Answer>> set_user_password(Services& svc, const Call& call);
awaitable<result<Answer>> set_email_verified(Services& svc, const Call& call);
awaitable<result<Answer>> set_phone_verified(Services& svc, const Call& call);
awaitable<result<Answer>> show_user_prefs(Services& svc, const Call& call);
awaitable<result<Answer>> set_user_prefs(Services& svc, const Call& call);
// sessions.cpp
awaitable<result<Answer>> create_user_session(Services& svc, const Call& call);
awaitable<result<Answer>> list_user_sessions(Services& svc, const Call& call);
awaitable<result<Answer>> delete_user_session(Services& svc, const Call& call);
awaitable<result<Answer>> delete_user_sessions(Services& svc, const Call& call);
awaitable<result<Answer>> create_user_jwt(Services& svc, const Call& call);
awaitable<result<Answer>> create_user_token(Services& svc, const Call& call);
// targets.cpp
awaitable<result<Answer>> create_user_target(Services& svc, const Call& call);
awaitable<result<Answer>> list_user_targets(Services& svc, const Call& call);
awaitable<result<Answer>> show_user_target(Services& svc, const Call& call);
awaitable<result<Answer>> update_user_target(Services& svc, const Call& call);
awaitable<result<Answer>> delete_user_target(Services& svc, const Call& call);

}  // namespace portcullis::api
