// Making users for others: with a password, without one, or with a hash from another product. Source:
// docs/contract/users.md 3, 4.

#include "net/actions/commit.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/api/users/support.hpp"
#include "net/changes/users.hpp"
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

User new_user(Services& svc, const Call& call, std::string id) {
  User user;
  user.id = id == "unique()" ? unique_id(call.now, svc.random) : std::move(id);
  user.created_at = user.updated_at = user.registered_at = call.now;
  return user;
}

/// user_email_already_exists when anybody's identity has the e-mail, which may be empty. Re-checked in the commit.
awaitable<result<void>> may_have_email(Services& svc, const Call& call, std::string email) {
  if (email.empty()) co_return result<void>{};
  const result<bool> known = co_await svc.store.any_identity_has(call.project(), std::move(email));
  if (!known) co_return known.error();
  if (*known) co_return error(errc::user_email_already_exists);
  co_return result<void>{};
}

/// Stores the user; `hash` empty = no password.
awaitable<result<Answer>> store_user(Services& svc, const Call& call, User user, PasswordHash hash) {
  changes::NewUser made;
  if (!hash.encoded.empty()) {
    user.password_updated_at = call.now;
    made.credential.password_revision = 1;
    if (call.settings().password_history > 0) made.credential.history = {hash};
  }
  made.user = std::move(user);
  made.credential.hash = std::move(hash);
  made.email_target_id = unique_id(call.now, svc.random);
  made.phone_target_id = unique_id(call.now, svc.random);
  auto make = [p = call.project(), made = std::move(made)] { return changes::create_user(p, made); };
  const result<changes::CreatedUser> created =
      co_await commit<changes::CreatedUser>(svc.store.engine(), std::move(make));
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
  User user = new_user(svc, call, input.user_id);
  user.email = input.email;
  user.name = input.name;
  std::string email = input.email;
  const result<void> free = co_await may_have_email(svc, call, std::move(email));
  if (!free) co_return free.error();
  const Secret text(input.hash);
  const result<void> impersonal = check_personal_data(call, borrow(user), text);
  if (!impersonal) co_return impersonal.error();
  co_return co_await store_user(svc, call, std::move(user), std::move(hash));
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
  User user = new_user(svc, call, input.user_id);
  user.email = input.email;
  user.phone = input.phone;
  user.name = input.name;
  std::string email = input.email;
  const result<void> free = co_await may_have_email(svc, call, std::move(email));
  if (!free) co_return free.error();
  PasswordHash stored;
  if (!input.password.empty()) {
    const result<void> impersonal = check_personal_data(call, borrow(user), input.password);
    if (!impersonal) co_return impersonal.error();
    Secret password = input.password.clone();
    HashTicket ticket = call.ticket(svc, user.id);
    result<PasswordHash> hash = co_await svc.hasher.hash(std::move(password), std::move(ticket));
    if (!hash) co_return hash.error();
    stored = std::move(*hash);
  }
  co_return co_await store_user(svc, call, std::move(user), std::move(stored));
}

}  // namespace

std::vector<Route> user_creation_rows() {
  using In = ImportedUser;
  std::vector<Route> rows{
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
  return of_service(Service::users, std::move(rows));
}

}  // namespace portcullis::api
