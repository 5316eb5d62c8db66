#include "net/transfer/user_record.hpp"

#include <algorithm>
#include <utility>

#include "core/ids.hpp"
#include "net/transfer/user_columns.hpp"
#include "net/wire/imported_hash.hpp"
#include "net/wire/params.hpp"

namespace portcullis::transfer {
namespace {

using OptionalTime = std::optional<Time>;

/// The members as they were read.
struct Members : HashDetails {
  std::string id, email, phone, name, prefs, hash, password;
  std::vector<std::string> labels;
  bool status = true, email_verified = false, phone_verified = false, impersonator = false;
  OptionalTime created_at, updated_at, registered_at, accessed_at, password_updated_at;
};

bool read_hash_kind(const json::Value& value, const RuleContext&, std::string& out) {
  if (value.string() == nullptr || !is_hash_kind(*value.string())) return false;
  out = *value.string();
  return true;
}
constexpr Rule<std::string> hash_kind{"argon2, bcrypt, md5, sha, phpass, scrypt or scryptMod", "", read_hash_kind};

const Inputs& declared_members() {
  namespace r = rules;
  using M = Members;
  static const Inputs all = inputs<M>({
      optional("id", r::custom_id, &M::id),
      optional("email", r::email_or_empty, &M::email),
      optional("phone", r::phone_or_empty, &M::phone),
      optional("name", r::name_or_empty, &M::name),
      optional("labels", r::labels, &M::labels),
      optional("status", r::strict_boolean, &M::status),
      optional("emailVerification", r::strict_boolean, &M::email_verified),
      optional("phoneVerification", r::strict_boolean, &M::phone_verified),
      optional("impersonator", r::strict_boolean, &M::impersonator),
      optional("prefs", r::prefs, &M::prefs),
      optional("createdAt", r::date, &M::created_at),
      optional("updatedAt", r::date, &M::updated_at),
      optional("registration", r::date, &M::registered_at),
      optional("accessedAt", r::date, &M::accessed_at),
      optional("passwordUpdate", r::date, &M::password_updated_at),
      optional("hash", hash_kind, &M::hash),
      optional("password", r::hash_text, &M::password),
      optional("passwordVersion", r::sha_version, &M::sha_version),
      optional("passwordSalt", r::name, &M::salt),
      optional("passwordSaltSeparator", r::name, &M::separator),
      optional("passwordSignerKey", r::name, &M::signer_key),
      optional("passwordCpu", r::whole_number, &M::cpu),
      optional("passwordMemory", r::whole_number, &M::memory),
      optional("passwordParallel", r::whole_number, &M::parallel),
      optional("passwordLength", r::whole_number, &M::length),
  });
  return all;
}

std::string read_members(const json::Object& members, const ReadingContext& context, Members& out) {
  for (const auto& [name, value] : members)
    if (find_column(name) == nullptr) return "has a member that users do not have";
  const result<std::shared_ptr<void>> read = read_inputs(declared_members(), members, {}, {context.settings});
  if (!read) {
    const error wrong = read.error();
    return std::string(wrong.param ? wrong.param : "a member") + " must be " + (wrong.rule ? wrong.rule : "valid");
  }
  out = std::move(*static_cast<Members*>(read->get()));
  return {};
}

/// The contract's seven kinds with the limits of their imports over HTTP; refuses text that is not a hash.
std::string read_hash(const Members& members, const ReadingContext& context, changes::NewUser& made) {
  if (members.password.empty()) return members.hash.empty() ? "" : "names a hash, but has no password member with it";
  if (members.hash.empty()) return "has a password without the kind of its hash; plain passwords are never taken";
  if ((members.hash == "scrypt" || members.hash == "scryptMod") && members.salt.empty())
    return "has a hash that needs passwordSalt";
  PasswordHash hash = imported_hash(members.hash, members.password, members, context.random);
  std::string_view why;
  const result<void> usable = context.hasher.may_import(hash, why);
  if (!usable) return "has a password that " + std::string(why);
  const Time set_at = members.password_updated_at.value_or(context.now);
  changes::give_password(made, std::move(hash), set_at, context.settings.password_history);
  return {};
}

/// Writes a member with a text unless the text is empty.
void write_text(json::Writer& out, std::string_view name, std::string_view text) {
  if (!text.empty()) out.field(name, text);
}

void write_hash(json::Writer& out, const PasswordHash& hash) {
  if (hash.encoded.empty()) return;
  out.field("hash", hash.algorithm);
  out.field("password", hash.encoded);
  write_hash_details(out, hash);
}

}  // namespace

ReadUser read_user(const json::Object& members, const ReadingContext& context) {
  ReadUser read;
  Members from;
  read.refusal = read_members(members, context, from);
  if (!read.refusal.empty()) return read;
  changes::NewUser& made = read.user;
  User& user = made.user;
  user.id = from.id.empty() || from.id == "unique()" ? unique_id(context.now, context.random) : std::move(from.id);
  user.email = std::move(from.email);
  user.phone = std::move(from.phone);
  user.name = std::move(from.name);
  user.labels = std::move(from.labels);
  user.status = from.status;
  user.email_verified = from.email_verified;
  user.phone_verified = from.phone_verified;
  user.impersonator = from.impersonator;
  user.created_at = from.created_at.value_or(context.now);
  user.updated_at = from.updated_at.value_or(user.created_at);
  user.registered_at = from.registered_at.value_or(user.created_at);
  made.accessed_at = from.accessed_at;
  if (from.prefs != "{}") made.prefs = std::move(from.prefs);
  made.email_target_id = unique_id(context.now, context.random);
  made.phone_target_id = unique_id(context.now, context.random);
  read.refusal = read_hash(from, context, made);
  return read;
}

void write_user(json::Writer& out, const storage::ServedUser& served, bool with_hash) {
  const BorrowedUser& user = served.profile.user;
  out.begin_object();
  out.field("id", user.id);
  write_text(out, "email", user.email);
  write_text(out, "phone", user.phone);
  write_text(out, "name", user.name);
  if (!user.labels.empty()) {
    out.key("labels");
    out.begin_array();
    for (const std::string_view label : user.labels) out.string(label);
    out.end_array();
  }
  out.field("status", user.status);
  out.field("emailVerification", user.email_verified);
  out.field("phoneVerification", user.phone_verified);
  if (user.impersonator) out.field("impersonator", true);
  if (served.profile.prefs != "{}") {
    out.key("prefs");
    out.raw(served.profile.prefs);
  }
  out.field("createdAt", format_iso8601(user.created_at));
  out.field("updatedAt", format_iso8601(user.updated_at));
  out.field("registration", format_iso8601(user.registered_at));
  if (served.profile.accessed_at != Time{}) out.field("accessedAt", format_iso8601(served.profile.accessed_at));
  if (with_hash && user.password_updated_at) out.field("passwordUpdate", format_iso8601(*user.password_updated_at));
  if (with_hash) write_hash(out, served.credential.hash);
  out.end_object();
}

}  // namespace portcullis::transfer
