#include "net/changes/user_addresses.hpp"

#include <utility>

#include "net/changes/sessions.hpp"
#include "net/changes/targets.hpp"
#include "net/changes/tokens.hpp"
#include "policies/sign_in_policy.hpp"
#include "storage/codec.hpp"
#include "storage/counters.hpp"
#include "storage/credentials.hpp"
#include "storage/identities.hpp"
#include "storage/sessions.hpp"
#include "storage/targets.hpp"
#include "storage/tokens.hpp"
#include "storage/users.hpp"

namespace portcullis::changes {

namespace codec = storage::codec;
namespace keys = storage::keys;
using storage::Decision;
using storage::Edits;
using storage::Row;
using storage::View;

namespace {

/// What differs between e-mail address and phone number.
struct Kind {
  std::string User::*field;
  bool User::*verified;
  const char* target_type;
  std::string (*index)(ProjectNo, std::string_view);
  errc taken;
};
constexpr Kind email_kind{&User::email, &User::email_verified, "email", keys::email_index,
                          errc::user_email_already_exists};
constexpr Kind phone_kind{&User::phone, &User::phone_verified, "sms", keys::phone_index,
                          errc::user_phone_already_exists};

enum : std::size_t { user_row, address_row, identifier_row };

/// Moves, erases or makes the target of the address.
result<void> follow_target(Edits& edits, ProjectNo p, const View& view, const Kind& kind, const std::string& old_value,
                           const User& user, const Address& made, Time now) {
  bool moved = false;
  for (const Row& row : view.ranges[0]) {
    result<Target> target = codec::read<Target>(row);
    if (!target) return target.error();
    if (old_value.empty() || target->identifier != old_value) continue;
    if (made.value.empty()) {
      storage::erase_target(edits, p, *target);
      continue;
    }
    edits.erase.push_back(keys::identifier_index(p, old_value));
    target->identifier = made.value;
    target->updated_at = now;
    storage::put_target(edits, p, *target);
    moved = true;
  }
  if (moved || made.value.empty()) return {};
  storage::put_target(edits, p, make_target(user.id, made.new_target_id, kind.target_type, made.value, now));
  return {};
}

Change<User> replace_address(ProjectNo p, std::string user_id, Time now, Address made, const Kind& kind) {
  const std::string own = keys::user(p, user_id);
  const bool clears = made.value.empty();  // reads the user's own row instead of the address's
  storage::Reads reads{
      {own, clears ? own : kind.index(p, made.value), clears ? own : keys::identifier_index(p, made.value)},
      {keys::user_targets(p, user_id)}};
  if (!clears) reads.ranges.push_back(keys::identities_with_email(p, made.value));  // identities have no phone numbers
  auto decide = [p, now, made = std::move(made), &kind,
                 names = reads.keys](const View& view) -> result<Decision<User>> {
    if (!view.values[user_row]) return errc::user_not_found;
    result<User> user = codec::read<User>(Row{names[user_row], *view.values[user_row]});
    if (!user) return user.error();
    const User before = *user;
    const std::string& old_value = before.*kind.field;
    if (!made.value.empty()) {
      const result<bool> known = storage::another_has(view.ranges[1], user->id);
      if (!known) return known.error();
      if (*known) return kind.taken;
      if (view.values[identifier_row]) return errc::user_target_already_exists;
      if (view.values[address_row] && made.value != old_value) return kind.taken;
    }
    Decision<User> decision;
    Edits& edits = decision.edits;
    (*user).*kind.field = made.value;
    (*user).*kind.verified = false;
    user->updated_at = now;
    const result<void> followed = follow_target(edits, p, view, kind, old_value, *user, made, now);
    if (!followed) return followed.error();
    storage::put_changed_user(edits, p, before, *user);
    decision.value = std::move(*user);
    return decision;
  };
  return erasing_expired(Change<User>{std::move(reads), std::move(decide)}, p, user_id, now);
}

}  // namespace

Change<User> replace_email(ProjectNo p, std::string user_id, Time now, Address made) {
  return replace_address(p, std::move(user_id), now, std::move(made), email_kind);
}

Change<User> replace_phone(ProjectNo p, std::string user_id, Time now, Address made) {
  return replace_address(p, std::move(user_id), now, std::move(made), phone_kind);
}

Change<User> clear_password(ProjectNo p, std::string user_id, Time now, bool closes_sessions, std::uint32_t history) {
  storage::Reads reads{{keys::user(p, user_id), keys::credential(p, user_id), keys::counters(p)},
                       {keys::user_sessions(p, user_id), keys::user_tokens(p, user_id)}};
  auto decide = [p, now, closes_sessions, history, names = reads.keys](const View& view) -> result<Decision<User>> {
    if (!view.values[0] || !view.values[1]) return errc::user_not_found;
    result<User> user = codec::read<User>(Row{names[0], *view.values[0]});
    if (!user) return user.error();
    result<Credential> credential = codec::read<Credential>(Row{names[1], *view.values[1]});
    if (!credential) return credential.error();
    // An empty history starts with the last password; see set_password().
    if (history > 0 && credential->history.empty() && policies::has_password(*credential))
      credential->history.push_back(credential->hash);
    const PasswordHash old_hash = std::exchange(credential->hash, {});
    ++credential->password_revision;
    const User before = *user;
    user->password_updated_at = now;
    user->updated_at = now;
    Decision<User> decision;
    storage::put_changed_user(decision.edits, p, before, *user);
    const result<void> counted =
        storage::put_changed_credential(decision.edits, p, user->id, old_hash, *credential, view.values[2]);
    if (!counted) return counted.error();
    if (closes_sessions)
      for (const Row& row : view.ranges[0]) decision.edits.erase.emplace_back(row.key);
    erase_sign_in_tokens(decision.edits, view.ranges[1]);
    decision.value = std::move(*user);
    return decision;
  };
  return erasing_expired(Change<User>{std::move(reads), std::move(decide)}, p, user_id, now);
}

}  // namespace portcullis::changes
