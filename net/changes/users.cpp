#include "net/changes/users.hpp"

#include <algorithm>
#include <utility>

#include "net/changes/targets.hpp"
#include "net/changes/teams.hpp"
#include "policies/password_policy.hpp"
#include "policies/session_policy.hpp"
#include "policies/sign_in_policy.hpp"
#include "storage/identity_indexes.hpp"
#include "storage/user_indexes.hpp"

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

/// create_user's reads, in this order; a key that does not apply repeats the user's own.
enum : std::size_t { own_row, counter_row, email_row, phone_row, email_target_row, phone_target_row, team_row };

storage::Reads creation_reads(ProjectNo p, const User& user) {
  const std::string own = keys::user(p, user.id);
  storage::Reads reads;
  reads.keys = {own,
                keys::counters(p),
                user.email.empty() ? own : keys::email_index(p, user.email),
                user.phone.empty() ? own : keys::phone_index(p, user.phone),
                user.email.empty() ? own : keys::identifier_index(p, user.email),
                user.phone.empty() ? own : keys::identifier_index(p, user.phone)};
  if (!user.email.empty()) reads.ranges.push_back(keys::identities_with_email(p, user.email));
  return reads;
}

/// A user made now becomes an owner of the team.
result<void> join(Edits& edits, ProjectNo p, const FirstTeam& first, const User& user,
                  const std::optional<std::string_view>& stored) {
  const std::string key = keys::team(p, first.team.id);
  Team team = first.team;
  if (stored) {
    result<Team> found = codec::team(Row{key, *stored});
    if (!found) return found.error();
    team = std::move(*found);
  }
  ++team.total;
  edits.put.push_back(codec::put(key, team));
  std::vector<std::string> roles{std::string(owner_role)};
  put_membership(edits, p, make_membership(first.membership_id, user.id, team.id, std::move(roles), user.created_at));
  return {};
}

struct AddressReads {
  enum : std::size_t { user_row, credential_row, address_row, identifier_row };
};

/// Does another user hold the address? One's own, without a target, is no clash.
result<bool> is_taken(const View& view, const std::string& key, const std::string& user_id) {
  if (!view.values[AddressReads::address_row]) return false;
  const result<std::string> holder = codec::text(Row{key, *view.values[AddressReads::address_row]});
  if (!holder) return holder.error();
  return *holder != user_id;
}

/// The part that e-mail and phone changes share: `user` already carries the new address, `before` the old one.
result<Decision<User>> move_address(ProjectNo p, const View& view, const User& before, User user,
                                    const NewAddress& made, Time now, const std::string& credential_key) {
  Edits edits;
  result<Credential> credential =
      read_row<Credential>(view, AddressReads::credential_row, credential_key, codec::credential, errc::user_not_found);
  if (!credential) return credential.error();
  if (credential->password_revision != made.expected_revision) return errc::again;
  if (made.first_password && !policies::has_password(*credential)) {
    credential->hash = *made.first_password;
    ++credential->password_revision;
    user.password_updated_at = now;
    edits.put.push_back(codec::put(credential_key, *credential));
  }
  for (const Row& row : view.ranges[0]) {
    result<Target> target = codec::target(row);
    if (!target) return target.error();
    if (target->identifier != made.old_value || made.old_value.empty()) continue;
    edits.erase.push_back(keys::identifier_index(p, target->identifier));
    target->identifier = made.new_value;
    target->updated_at = now;
    put_target(edits, p, *target);
  }
  user.updated_at = now;
  storage::put_changed_user(edits, p, before, user);
  return Decision<User>{std::move(edits), std::move(user)};
}

/// All rows of a user and the entries that they name; answers how many identities are among them.
result<std::uint64_t> erase_rows(Edits& edits, ProjectNo p, const std::vector<Row>& rows) {
  std::uint64_t identities = 0;
  for (const Row& row : rows) {
    edits.erase.emplace_back(row.key);
    if (keys::is_user_row(row.key, keys::UserRow::target)) {
      const result<Target> target = codec::target(row);
      if (!target) return target.error();
      erase_target(edits, p, *target);
    } else if (keys::is_user_row(row.key, keys::UserRow::identity)) {
      const result<Identity> identity = codec::identity(row);
      if (!identity) return identity.error();
      storage::erase_identity(edits, p, *identity);
      ++identities;
    }
  }
  return identities;
}

}  // namespace

FirstTeam first_team(Time now, Random& random) {
  FirstTeam first;
  first.team.id = std::string(administrators);
  first.team.name = "Administrators";
  first.team.created_at = first.team.updated_at = now;
  first.membership_id = unique_id(now, random);
  return first;
}

Change<CreatedUser> create_user(ProjectNo p, NewUser made) {
  storage::Reads reads = creation_reads(p, made.user);
  if (made.team) reads.keys.push_back(keys::team(p, made.team->team.id));
  auto decide = [p, made = std::move(made), names = reads.keys](const View& view) -> result<Decision<CreatedUser>> {
    User user = made.user;
    if (!view.ranges.empty() && !view.ranges[0].empty()) return made.identity_clash;
    if (view.values[own_row]) return errc::user_already_exists;
    if (!user.email.empty() && view.values[email_row]) return errc::user_already_exists;
    if (!user.phone.empty() && view.values[phone_row]) return errc::user_already_exists;
    codec::Counters counters;
    if (view.values[counter_row]) {
      const result<codec::Counters> stored = codec::counters(Row{names[counter_row], *view.values[counter_row]});
      if (!stored) return stored.error();
      counters = *stored;
    }
    if (made.user_limit > 0 && counters.users >= made.user_limit) return errc::user_count_exceeded;
    user.sequence = counters.next_sequence++;
    ++counters.users;

    Decision<CreatedUser> decision;
    Edits& edits = decision.edits;
    storage::put_new_user(edits, p, user);
    edits.put.push_back(codec::put(keys::credential(p, user.id), made.credential));
    if (made.accessed_at) edits.put.push_back(codec::put_time(keys::accessed(p, user.id), *made.accessed_at));
    edits.put.push_back(codec::put(names[counter_row], counters));
    const auto add_target = [&](std::size_t index, const std::string& id, const char* type,
                                const std::string& value) -> result<void> {
      if (value.empty()) return {};
      if (view.values[index]) {
        const result<codec::TargetRef> ref = codec::target_ref(Row{names[index], *view.values[index]});
        if (!ref) return ref.error();
        decision.value.taken = *ref;
        return {};
      }
      const Target target = make_target(user.id, id, type, value, user.created_at);
      put_target(edits, p, target);
      decision.value.targets.push_back(target);
      return {};
    };
    const result<void> by_email = add_target(email_target_row, made.email_target_id, "email", user.email);
    if (!by_email) return by_email.error();
    const result<void> by_phone = add_target(phone_target_row, made.phone_target_id, "sms", user.phone);
    if (!by_phone) return by_phone.error();
    if (made.session) {
      Session session = *made.session;
      session.sequence = 1;
      edits.put.push_back(codec::put(keys::session(p, user.id, session.selector), session));
    }
    if (made.team) {
      const result<void> joined = join(edits, p, *made.team, user, view.values[team_row]);
      if (!joined) return joined.error();
    }
    decision.value.user = std::move(user);
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

Change<User> update_user(ProjectNo p, std::string user_id, Time now, std::function<result<void>(User&)> edit) {
  storage::Reads reads{{keys::user(p, user_id)}, {}};
  auto decide = [p, now, edit = std::move(edit), key = reads.keys[0]](const View& view) -> result<Decision<User>> {
    result<User> user = read_row<User>(view, 0, key, codec::user, errc::user_not_found);
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
  return {std::move(reads), std::move(decide)};
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
  storage::Reads reads{{keys::user(p, user_id), keys::credential(p, user_id)}, {keys::user_sessions(p, user_id)}};
  auto decide = [p, now, made = std::move(made), names = reads.keys](const View& view) -> result<Decision<User>> {
    result<User> user = read_row<User>(view, 0, names[0], codec::user, errc::user_not_found);
    if (!user) return user.error();
    result<Credential> credential = read_row<Credential>(view, 1, names[1], codec::credential, errc::user_not_found);
    if (!credential) return credential.error();
    if (made.expected_revision && credential->password_revision != *made.expected_revision) return errc::again;
    Decision<User> decision;
    if (made.history > 0) {
      if (credential->history.empty() && policies::has_password(*credential))
        credential->history.push_back(credential->hash);
      credential->history = policies::rotate_history(std::move(credential->history), made.hash, made.history);
    }
    credential->hash = made.hash;
    ++credential->password_revision;
    const User before = *user;
    user->password_updated_at = now;
    user->updated_at = now;
    storage::put_changed_user(decision.edits, p, before, *user);
    decision.edits.put.push_back(codec::put(names[1], *credential));
    if (made.closes_sessions) {
      const std::string kept =
          made.kept_selector.empty() ? std::string() : keys::session(p, user->id, made.kept_selector);
      for (const Row& row : view.ranges[0])
        if (row.key != kept) decision.edits.erase.emplace_back(row.key);
    }
    decision.value = std::move(*user);
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

Change<bool> rehash(ProjectNo p, std::string user_id, PasswordHash old_hash, PasswordHash new_hash) {
  storage::Reads reads{{keys::credential(p, user_id)}, {}};
  auto decide = [old_hash = std::move(old_hash), new_hash = std::move(new_hash),
                 key = reads.keys[0]](const View& view) -> result<Decision<bool>> {
    result<Credential> credential = read_row<Credential>(view, 0, key, codec::credential, errc::user_not_found);
    if (!credential) return credential.error();
    Decision<bool> decision;
    if (credential->hash != old_hash) return decision;
    credential->hash = new_hash;
    decision.edits.put.push_back(codec::put(key, *credential));
    decision.value = true;
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

Change<User> change_email(ProjectNo p, std::string user_id, Time now, NewAddress made) {
  storage::Reads reads{{keys::user(p, user_id), keys::credential(p, user_id), keys::email_index(p, made.new_value),
                        keys::identifier_index(p, made.new_value)},
                       {keys::user_targets(p, user_id), keys::identities_with_email(p, made.new_value)}};
  auto decide = [p, now, made = std::move(made), names = reads.keys](const View& view) -> result<Decision<User>> {
    result<User> user = read_row<User>(view, AddressReads::user_row, names[0], codec::user, errc::user_not_found);
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
  return {std::move(reads), std::move(decide)};
}

Change<User> change_phone(ProjectNo p, std::string user_id, Time now, NewAddress made) {
  storage::Reads reads{{keys::user(p, user_id), keys::credential(p, user_id), keys::phone_index(p, made.new_value),
                        keys::identifier_index(p, made.new_value)},
                       {keys::user_targets(p, user_id)}};
  auto decide = [p, now, made = std::move(made), names = reads.keys](const View& view) -> result<Decision<User>> {
    result<User> user = read_row<User>(view, AddressReads::user_row, names[0], codec::user, errc::user_not_found);
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
  return {std::move(reads), std::move(decide)};
}

Change<bool> delete_user(ProjectNo p, std::string user_id, const std::vector<std::string>& teams) {
  constexpr std::size_t first_team = 2;
  storage::Reads reads{{keys::user(p, user_id), keys::counters(p)}, {keys::whole_user(p, user_id)}};
  for (const std::string& team : teams) reads.keys.push_back(keys::team(p, team));
  auto decide = [p, teams, names = reads.keys](const View& view) -> result<Decision<bool>> {
    const result<User> user = read_row<User>(view, 0, names[0], codec::user, errc::user_not_found);
    if (!user) return user.error();
    result<codec::Counters> counters =
        read_row<codec::Counters>(view, 1, names[1], codec::counters, errc::record_corrupt);
    if (!counters) return counters.error();
    if (counters->users > 0) --counters->users;
    Decision<bool> decision{{}, true};
    Edits& edits = decision.edits;
    const result<std::uint64_t> identities = erase_rows(edits, p, view.ranges[0]);
    if (!identities) return identities.error();
    counters->identities -= std::min(counters->identities, *identities);
    const result<void> left = leave_teams(edits, p, view, view.ranges[0], teams, first_team);
    if (!left) return left.error();
    storage::erase_user_entries(edits, p, *user);
    edits.put.push_back(codec::put(names[1], *counters));
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

storage::EngineChange note_access(ProjectNo p, std::string user_id, Time now) {
  storage::Reads reads{{keys::user(p, user_id), keys::accessed(p, user_id)}, {}};
  auto decide = [now, names = reads.keys](const View& view) -> result<Edits> {
    Edits edits;
    if (!view.values[0]) return edits;  // deleted meanwhile
    if (view.values[1]) {
      const result<Time> last = codec::time(Row{names[1], *view.values[1]});
      if (last && !policies::needs_access_update(*last, now)) return edits;
    }
    edits.put.push_back(codec::put_time(names[1], now));
    return edits;
  };
  return {std::move(reads), std::move(decide), false, true};
}

}  // namespace portcullis::changes
