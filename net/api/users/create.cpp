// Making users for others: with a password, without one, or with a hash from another product. Source:
// docs/contract/users.md 3, 4.

#include "net/actions/commit.hpp"
#include "net/api/support.hpp"
#include "net/api/users/handlers.hpp"
#include "net/api/users/support.hpp"
#include "net/changes/users.hpp"
#include "net/wire/imported_hash.hpp"

namespace portcullis::api {
namespace {

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
awaitable<result<Answer>> import_user(Services& svc, const Call& call, PasswordHash hash) {
  const ImportUserInput& input = call.input<ImportUserInput>();
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

PasswordHash imported(Services& svc, const Call& call, std::string_view kind) {
  const ImportUserInput& input = call.input<ImportUserInput>();
  return imported_hash(kind, input.hash, input, svc.random);
}

}  // namespace

awaitable<result<Answer>> create_user(Services& svc, const Call& call) {
  const CreateUserInput& input = call.input<CreateUserInput>();
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

awaitable<result<Answer>> import_argon2(Services& svc, const Call& call) {
  PasswordHash hash = imported(svc, call, "argon2");
  hash.options = default_hash_options;  // whatever the hash says
  co_return co_await import_user(svc, call, std::move(hash));
}

awaitable<result<Answer>> import_bcrypt(Services& svc, const Call& call) {
  PasswordHash hash = imported(svc, call, "bcrypt");
  co_return co_await import_user(svc, call, std::move(hash));
}

awaitable<result<Answer>> import_md5(Services& svc, const Call& call) {
  PasswordHash hash = imported(svc, call, "md5");
  co_return co_await import_user(svc, call, std::move(hash));
}

awaitable<result<Answer>> import_sha(Services& svc, const Call& call) {
  PasswordHash hash = imported(svc, call, "sha");
  co_return co_await import_user(svc, call, std::move(hash));
}

awaitable<result<Answer>> import_phpass(Services& svc, const Call& call) {
  PasswordHash hash = imported(svc, call, "phpass");
  co_return co_await import_user(svc, call, std::move(hash));
}

awaitable<result<Answer>> import_scrypt(Services& svc, const Call& call) {
  PasswordHash hash = imported(svc, call, "scrypt");
  co_return co_await import_user(svc, call, std::move(hash));
}

awaitable<result<Answer>> import_scrypt_modified(Services& svc, const Call& call) {
  PasswordHash hash = imported(svc, call, "scryptMod");
  co_return co_await import_user(svc, call, std::move(hash));
}

}  // namespace portcullis::api
