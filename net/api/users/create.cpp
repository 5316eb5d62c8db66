// Making users for others: with a password, without one, or with a hash from another product. Source:
// docs/contract/users.md 3, 4.

#include "net/actions/users.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/api/users/support.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/wire/imported_hash.hpp"

namespace portcullis::api {
namespace {

using http::Method;
namespace r = rules;

struct NewUser {
  std::string user_id, email, phone;
  Secret password;  ///< empty = none
  std::string name;

  static Inputs params() {
    using In = NewUser;
    return inputs<In>({required("userId", r::custom_id, &In::user_id), optional("email", r::email, &In::email),
                       optional("phone", r::phone, &In::phone), optional("password", r::new_password, &In::password),
                       optional("name", r::name, &In::name)});
  }
};
/// A hash of another product, as it was stored there.
struct ImportedUser : HashDetails {
  std::string user_id, email, hash, name;
};

InputsOf<ImportedUser> imported(std::initializer_list<Param> details) {
  using In = ImportedUser;
  InputsOf<In> made =
      inputs<In>({required("userId", r::custom_id, &In::user_id), required("email", r::email, &In::email),
                  required("password", r::hash_text, &In::hash)});
  made.params.insert(made.params.end(), details);
  made.params.push_back(optional("name", r::name, &In::name));
  return made;
}

/// Makes the user and answers it.
awaitable<result<Answer>> store_user(Services& svc, const Call& call, User user, FirstPassword password) {
  changes::NewUser made;
  made.user = std::move(user);
  const result<changes::CreatedUser> created =
      co_await make_user(svc, *call.live_project, std::move(made), std::move(password));
  if (!created) co_return created.error();
  log_security(svc, call, "sign_up", "ok", created->user.id, call.by());
  std::string id = created->user.id;
  co_return co_await answer_served_user(svc, call, std::move(id));
}

/// The reference checks the hash's text; a hash with personal data in it is refused all the same.
awaitable<result<Answer>> store_imported(Services& svc, const Call& call, const ImportedUser& input,
                                         PasswordHash hash) {
  std::string_view why;
  const result<void> usable = svc.hasher.may_import(hash, why);
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): static text, ended by a NUL
  if (!usable) co_return error(errc::general_argument_invalid, "password", why.data());
  User user = new_user(stored_id(input.user_id, call.now, svc.random), call.now);
  user.email = input.email;
  user.name = input.name;
  FirstPassword taken_over{Secret(input.hash), std::move(hash), {}};
  co_return co_await store_user(svc, call, std::move(user), std::move(taken_over));
}

/// The row's variant is the kind of the hash.
awaitable<result<Answer>> import_user(Services& svc, const Call& call, const ImportedUser& input) {
  PasswordHash hash = imported_hash(call.route->variant, input.hash, input, svc.random);
  co_return co_await store_imported(svc, call, input, std::move(hash));
}

awaitable<result<Answer>> import_argon2(Services& svc, const Call& call, const ImportedUser& input) {
  PasswordHash hash = imported_hash(call.route->variant, input.hash, input, svc.random);
  hash.options = default_hash_options;  // whatever the hash says
  co_return co_await store_imported(svc, call, input, std::move(hash));
}

awaitable<result<Answer>> create_user(Services& svc, const Call& call, const NewUser& input) {
  User user = new_user(stored_id(input.user_id, call.now, svc.random), call.now);
  user.email = input.email;
  user.phone = input.phone;
  user.name = input.name;
  FirstPassword password{input.password.clone(), std::nullopt, call.ticket(svc, user.id)};
  co_return co_await store_user(svc, call, std::move(user), std::move(password));
}

}  // namespace

std::vector<Route> user_creation_rows() {
  using In = ImportedUser;
  std::vector<Route> routes{
      {.method = Method::post,
       .path = "/v1/users",
       .name = "usersCreate",
       .scopes = {"users.write"},
       .answers = {201, "User"},
       .handler = operation<create_user>(),
       .callers = Callers::keys},
      {.method = Method::post,
       .path = "/v1/users/argon2",
       .name = "usersCreateArgon2User",
       .scopes = {"users.write"},
       .answers = {201, "User"},
       .handler = operation<import_argon2>(imported({})),
       .callers = Callers::keys,
       .variant = "argon2"},
      {.method = Method::post,
       .path = "/v1/users/bcrypt",
       .name = "usersCreateBcryptUser",
       .scopes = {"users.write"},
       .answers = {201, "User"},
       .handler = operation<import_user>(imported({})),
       .callers = Callers::keys,
       .variant = "bcrypt"},
      {.method = Method::post,
       .path = "/v1/users/md5",
       .name = "usersCreateMD5User",
       .scopes = {"users.write"},
       .answers = {201, "User"},
       .handler = operation<import_user>(imported({})),
       .callers = Callers::keys,
       .variant = "md5"},
      {.method = Method::post,
       .path = "/v1/users/sha",
       .name = "usersCreateSHAUser",
       .scopes = {"users.write"},
       .answers = {201, "User"},
       .handler = operation<import_user>(imported({optional("passwordVersion", r::sha_version, &In::sha_version)})),
       .callers = Callers::keys,
       .variant = "sha"},
      {.method = Method::post,
       .path = "/v1/users/phpass",
       .name = "usersCreatePHPassUser",
       .scopes = {"users.write"},
       .answers = {201, "User"},
       .handler = operation<import_user>(imported({})),
       .callers = Callers::keys,
       .variant = "phpass"},
      {.method = Method::post,
       .path = "/v1/users/scrypt",
       .name = "usersCreateScryptUser",
       .scopes = {"users.write"},
       .answers = {201, "User"},
       .handler = operation<import_user>(
           imported({required("passwordSalt", r::name, &In::salt), required("passwordCpu", r::whole_number, &In::cpu),
                     required("passwordMemory", r::whole_number, &In::memory),
                     required("passwordParallel", r::whole_number, &In::parallel),
                     required("passwordLength", r::whole_number, &In::length)})),
       .callers = Callers::keys,
       .variant = "scrypt"},
      {.method = Method::post,
       .path = "/v1/users/scrypt-modified",
       .name = "usersCreateScryptModifiedUser",
       .scopes = {"users.write"},
       .answers = {201, "User"},
       .handler = operation<import_user>(imported({required("passwordSalt", r::name, &In::salt),
                                                   required("passwordSaltSeparator", r::name, &In::separator),
                                                   required("passwordSignerKey", r::name, &In::signer_key)})),
       .callers = Callers::keys,
       .variant = "scryptMod"},
  };
  return of_service(Service::users, std::move(routes));
}

}  // namespace portcullis::api
