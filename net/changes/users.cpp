#include "net/changes/users.hpp"

#include <algorithm>
#include <utility>

#include "net/changes/sessions.hpp"
#include "net/changes/targets.hpp"
#include "net/changes/teams.hpp"
#include "net/changes/tokens.hpp"
#include "policies/password_policy.hpp"
#include "policies/session_policy.hpp"
#include "policies/sign_in_policy.hpp"
#include "storage/codec.hpp"
#include "storage/counters.hpp"
#include "storage/credentials.hpp"
#include "storage/identities.hpp"
#include "storage/keys.hpp"
#include "storage/sessions.hpp"
#include "storage/targets.hpp"
#include "storage/teams.hpp"
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

template <class T>
using Decode = result<T> (*)(const Row&);

/// The typed record of a declared key; `absent` when there is none.
template <class T>
result<T> read_row(const View& view, std::size_t index, const std::string& key, Decode<T> decode, errc absent) {
  if (!view.values[index]) return absent;
  return decode(Row{key, *view.values[index]});
}

struct AddressReads {
  enum : std::size_t { user_row, credential_row, address_row, identifier_row, counter_row };
};

/// Does another user hold the address? The user's own address without a target is no clash.
result<bool> is_taken(const View& view, const std::string& key, const std::string& user_id) {
  if (!view.values[AddressReads::address_row]) return false;
  const result<std::string> holder = codec::read<std::string>(Row{key, *view.values[AddressReads::address_row]});
  if (!holder) return holder.error();
  return *holder != user_id;
}

/// Common part of e-mail and phone changes: `user` already has the new address, `before` the old one.
result<Decision<User>> move_address(ProjectNo p, const View& view, const User& before, User user,
                                    const NewAddress& made, Time now, const std::string& credential_key) {
  Edits edits;
  result<Credential> credential = read_row<Credential>(view, AddressReads::credential_row, credential_key,
                                                       codec::read<Credential>, errc::user_not_found);
  if (!credential) return credential.error();
  if (credential->password_revision != made.expected_revision) return errc::again;
  if (made.first_password && !policies::has_password(*credential)) {
    const PasswordHash none = std::exchange(credential->hash, *made.first_password);
    ++credential->password_revision;
    user.password_updated_at = now;
    const result<void> counted =
        storage::put_changed_credential(edits, p, user.id, none, *credential, view.values[AddressReads::counter_row]);
    if (!counted) return counted.error();
  }
  for (const Row& row : view.ranges[0]) {
    result<Target> target = codec::read<Target>(row);
    if (!target) return target.error();
    if (target->identifier != made.old_value || made.old_value.empty()) continue;
    edits.erase.push_back(keys::identifier_index(p, target->identifier));
    target->identifier = made.new_value;
    target->updated_at = now;
    storage::put_target(edits, p, *target);
  }
  user.updated_at = now;
  storage::put_changed_user(edits, p, before, user);
  return Decision<User>{std::move(edits), std::move(user)};
}

/// All rows of a user and the entries that they name, which are counted no longer.
result<void> erase_rows(Edits& edits, ProjectNo p, const std::vector<Row>& rows, storage::Counters& counters) {
  for (const Row& row : rows) {
    if (keys::is_user_row(row.key, keys::UserRow::credential)) {
      const result<void> erased = storage::erase_credential(edits, row, counters);
      if (!erased) return erased;
      continue;
    }
    edits.erase.emplace_back(row.key);
    if (keys::is_user_row(row.key, keys::UserRow::target)) {
      const result<Target> target = codec::read<Target>(row);
      if (!target) return target.error();
      storage::erase_target(edits, p, *target);
    } else if (keys::is_user_row(row.key, keys::UserRow::identity)) {
      const result<Identity> identity = codec::read<Identity>(row);
      if (!identity) return identity.error();
      storage::erase_identity(edits, p, *identity);
      if (counters.identities > 0) --counters.identities;
    }
  }
  return {};
}

}  // namespace

Change<User> update_user(ProjectNo p, std::string user_id, Time now, std::function<result<void>(User&)> edit) {
  storage::Reads reads{{keys::user(p, user_id)}, {}};
  auto decide = [p, now, edit = std::move(edit), key = reads.keys[0]](const View& view) -> result<Decision<User>> {
    result<User> user = read_row<User>(view, 0, key, codec::read<User>, errc::user_not_found);
    if (!user) return user.error();
    const User before = *user;
    const result<void> edited = edit(*user);
    if (!edited) return edited.error();
    user->updated_at = now;
    Decision<User> decision;
    storage::put_changed_user(decision.edits, p, before, *user);
    decision.value = std::move(*user);
    return decision;
  };
  return erasing_expired(Change<User>{std::move(reads), std::move(decide)}, p, user_id, now);
}

Change<User> put_prefs(ProjectNo p, std::string user_id, Time now, std::string prefs) {
  Change<User> change = update_user(p, user_id, now, [](User&) -> result<void> { return {}; });
  auto decide = [inner = std::move(change.decide), key = keys::prefs(p, user_id),
                 prefs = std::move(prefs)](const View& view) -> result<Decision<User>> {
    result<Decision<User>> decision = inner(view);
    if (!decision) return decision.error();
    decision->edits.put.push_back(codec::put_text(key, prefs));
    return decision;
  };
  return {std::move(change.reads), std::move(decide)};
}

Change<User> set_status(ProjectNo p, std::string user_id, Time now, bool status) {
  return update_user(p, std::move(user_id), now, [status](User& user) -> result<void> {
    user.status = status;
    return {};
  });
}

Change<User> set_password(ProjectNo p, std::string user_id, Time now, NewPassword made) {
  storage::Reads reads{{keys::user(p, user_id), keys::credential(p, user_id), keys::counters(p)},
                       {keys::user_sessions(p, user_id), keys::user_tokens(p, user_id)}};
  auto decide = [p, now, made = std::move(made), names = reads.keys](const View& view) -> result<Decision<User>> {
    result<User> user = read_row<User>(view, 0, names[0], codec::read<User>, errc::user_not_found);
    if (!user) return user.error();
    result<Credential> credential =
        read_row<Credential>(view, 1, names[1], codec::read<Credential>, errc::user_not_found);
    if (!credential) return credential.error();
    if (made.expected_revision && credential->password_revision != *made.expected_revision) return errc::again;
    Decision<User> decision;
    if (made.history > 0) {
      if (credential->history.empty() && policies::has_password(*credential))
        credential->history.push_back(credential->hash);
      credential->history = policies::rotate_history(std::move(credential->history), made.hash, made.history);
    }
    const PasswordHash old_hash = std::exchange(credential->hash, made.hash);
    ++credential->password_revision;
    const User before = *user;
    user->password_updated_at = now;
    user->updated_at = now;
    storage::put_changed_user(decision.edits, p, before, *user);
    const result<void> counted =
        storage::put_changed_credential(decision.edits, p, user->id, old_hash, *credential, view.values[2]);
    if (!counted) return counted.error();
    if (made.closes_sessions) {
      const std::string kept =
          made.kept_selector.empty() ? std::string() : keys::session(p, user->id, made.kept_selector);
      for (const Row& row : view.ranges[0])
        if (row.key != kept) decision.edits.erase.emplace_back(row.key);
    }
    erase_sign_in_tokens(decision.edits, view.ranges[1]);
    decision.value = std::move(*user);
    return decision;
  };
  return erasing_expired(Change<User>{std::move(reads), std::move(decide)}, p, user_id, now);
}

Change<User> change_email(ProjectNo p, std::string user_id, Time now, NewAddress made) {
  storage::Reads reads{{keys::user(p, user_id), keys::credential(p, user_id), keys::email_index(p, made.new_value),
                        keys::identifier_index(p, made.new_value), keys::counters(p)},
                       {keys::user_targets(p, user_id), keys::identities_with_email(p, made.new_value)}};
  auto decide = [p, now, made = std::move(made), names = reads.keys](const View& view) -> result<Decision<User>> {
    result<User> user = read_row<User>(view, AddressReads::user_row, names[0], codec::read<User>, errc::user_not_found);
    if (!user) return user.error();
    if (user->email != made.old_value) return errc::again;
    const result<bool> known = storage::another_has(view.ranges[1], user->id);
    if (!known) return known.error();
    if (*known) return errc::general_bad_request;
    if (view.values[AddressReads::identifier_row]) return errc::user_target_already_exists;
    const result<bool> taken = is_taken(view, names[AddressReads::address_row], user->id);
    if (!taken) return taken.error();
    if (*taken) return errc::general_bad_request;
    const User before = *user;
    user->email = made.new_value;
    user->email_verified = false;
    return move_address(p, view, before, std::move(*user), made, now, names[1]);
  };
  return erasing_expired(Change<User>{std::move(reads), std::move(decide)}, p, user_id, now);
}

Change<User> change_phone(ProjectNo p, std::string user_id, Time now, NewAddress made) {
  storage::Reads reads{{keys::user(p, user_id), keys::credential(p, user_id), keys::phone_index(p, made.new_value),
                        keys::identifier_index(p, made.new_value), keys::counters(p)},
                       {keys::user_targets(p, user_id)}};
  auto decide = [p, now, made = std::move(made), names = reads.keys](const View& view) -> result<Decision<User>> {
    result<User> user = read_row<User>(view, AddressReads::user_row, names[0], codec::read<User>, errc::user_not_found);
    if (!user) return user.error();
    if (user->phone != made.old_value) return errc::again;
    if (view.values[AddressReads::identifier_row]) return errc::user_target_already_exists;
    const result<bool> taken = is_taken(view, names[AddressReads::address_row], user->id);
    if (!taken) return taken.error();
    if (*taken) return errc::user_phone_already_exists;
    const User before = *user;
    user->phone = made.new_value;
    user->phone_verified = false;
    return move_address(p, view, before, std::move(*user), made, now, names[1]);
  };
  return erasing_expired(Change<User>{std::move(reads), std::move(decide)}, p, user_id, now);
}

Change<bool> delete_user(ProjectNo p, std::string user_id, const std::vector<std::string>& teams) {
  constexpr std::size_t first_team = 2;
  storage::Reads reads{{keys::user(p, user_id), keys::counters(p)}, {keys::whole_user(p, user_id)}};
  for (const std::string& team : teams) reads.keys.push_back(keys::team(p, team));
  auto decide = [p, teams, names = reads.keys](const View& view) -> result<Decision<bool>> {
    const result<User> user = read_row<User>(view, 0, names[0], codec::read<User>, errc::user_not_found);
    if (!user) return user.error();
    result<storage::Counters> counters =
        read_row<storage::Counters>(view, 1, names[1], codec::read<storage::Counters>, errc::record_corrupt);
    if (!counters) return counters.error();
    if (counters->users > 0) --counters->users;
    Decision<bool> decision{{}, true};
    Edits& edits = decision.edits;
    const result<void> erased = erase_rows(edits, p, view.ranges[0], *counters);
    if (!erased) return erased.error();
    const result<void> left = leave_teams(edits, p, view, view.ranges[0], teams, first_team);
    if (!left) return left.error();
    storage::erase_user_entries(edits, p, *user);
    edits.put.push_back(codec::put(names[1], *counters));
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

storage::EngineChange note_access(ProjectNo p, std::string user_id, Time now) {
  storage::Reads reads{{keys::user(p, user_id), keys::accessed(p, user_id)}, {keys::user_sessions(p, user_id)}};
  auto decide = [now, names = reads.keys](const View& view) -> result<Edits> {
    Edits edits;
    if (!view.values[0]) return edits;  // deleted meanwhile
    if (view.values[1]) {
      const result<Time> last = codec::read<Time>(Row{names[1], *view.values[1]});
      if (last && !policies::needs_access_update(*last, now)) return edits;
    }
    edits.put.push_back(codec::put(names[1], now));
    storage::erase_expired(edits, view.ranges[0], now);
    return edits;
  };
  return {.reads = std::move(reads), .decide = std::move(decide), .droppable = true};
}

}  // namespace portcullis::changes
