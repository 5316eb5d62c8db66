// Users are created here: one by a request, or many from a file. For both, the same code decides on uniqueness,
// counters, targets and index entries.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "net/changes/targets.hpp"
#include "net/changes/teams.hpp"
#include "net/changes/users.hpp"
#include "storage/codec.hpp"
#include "storage/counters.hpp"
#include "storage/credentials.hpp"
#include "storage/identities.hpp"
#include "storage/keys.hpp"
#include "storage/sessions.hpp"
#include "storage/targets.hpp"
#include "storage/teams.hpp"
#include "storage/users.hpp"

namespace portcullis::changes {

namespace codec = storage::codec;
namespace keys = storage::keys;
using storage::Decision;
using storage::Edits;
using storage::Row;
using storage::View;

namespace {

/// The reads of create_user, in this order; a key that does not apply repeats the user's own.
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

/// Everything of the user but targets and session. Counts the user's hash.
void put_rows(Edits& edits, ProjectNo p, const NewUser& made, const User& user, storage::Counters& counters) {
  storage::put_new_user(edits, p, user);
  storage::put_new_credential(edits, p, user.id, made.credential, counters);
  if (made.accessed_at) edits.put.push_back(codec::put(keys::accessed(p, user.id), *made.accessed_at));
  if (!made.prefs.empty()) edits.put.push_back(codec::put_text(keys::prefs(p, user.id), made.prefs));
}

/// Makes the new user an owner of the team.
result<void> join(Edits& edits, ProjectNo p, const FirstTeam& first, const User& user,
                  const std::optional<std::string_view>& stored) {
  const std::string key = keys::team(p, first.team.id);
  Team team = first.team;
  if (stored) {
    result<Team> found = codec::read<Team>(Row{key, *stored});
    if (!found) return found.error();
    team = std::move(*found);
  }
  ++team.total;
  edits.put.push_back(codec::put(key, team));
  std::vector<std::string> roles{std::string(owner_role)};
  storage::put_membership(edits, p,
                          make_membership(first.membership_id, user.id, team.id, std::move(roles), user.created_at));
  return {};
}

/// Erases the code, so that it cannot be used again.
result<void> spend_code(Edits& edits, const NewUser& made, const std::string& key,
                        const std::optional<std::string_view>& stored) {
  if (made.signup_code == SignupCode::is_needed) {
    if (!stored) return errc::user_invalid_token;
    const result<std::string> hash = codec::read<std::string>(Row{key, *stored});
    if (!hash) return hash.error();
    if (!constant_time_equal(*hash, made.signup_code_hash)) return errc::user_invalid_token;
  }
  if (stored) edits.erase.push_back(key);
  return {};
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

void give_password(NewUser& made, PasswordHash hash, Time set_at, std::uint32_t history) {
  if (history > 0) made.credential.history = {hash};
  made.credential.hash = std::move(hash);
  made.credential.password_revision = 1;
  made.user.password_updated_at = set_at;
}

Change<CreatedUser> create_user(ProjectNo p, NewUser made) {
  storage::Reads reads = creation_reads(p, made.user);
  if (made.team) reads.keys.push_back(keys::team(p, made.team->team.id));
  if (made.signup_code != SignupCode::stays) reads.keys.push_back(keys::signup_code());
  auto decide = [p, made = std::move(made), names = reads.keys](const View& view) -> result<Decision<CreatedUser>> {
    User user = made.user;
    if (!view.ranges.empty() && !view.ranges[0].empty()) return made.identity_clash;
    if (view.values[own_row]) return errc::user_already_exists;
    if (!user.email.empty() && view.values[email_row]) return errc::user_already_exists;
    if (!user.phone.empty() && view.values[phone_row]) return errc::user_already_exists;
    result<storage::Counters> counters = storage::read_counters(names[counter_row], view.values[counter_row]);
    if (!counters) return counters.error();
    if (made.user_limit > 0 && counters->users >= made.user_limit) return errc::user_count_exceeded;
    Decision<CreatedUser> decision;
    Edits& edits = decision.edits;
    if (made.signup_code != SignupCode::stays) {
      const result<void> spent = spend_code(edits, made, names.back(), view.values.back());
      if (!spent) return spent.error();
    }
    user.sequence = counters->next_sequence++;
    ++counters->users;
    put_rows(edits, p, made, user, *counters);
    edits.put.push_back(codec::put(names[counter_row], *counters));
    // An address that is already another user's target stays theirs; the answer does not reveal it.
    const auto add_target = [&](std::size_t index, const std::string& id, const char* type, const std::string& value) {
      if (value.empty() || view.values[index]) return;
      const Target target = make_target(user.id, id, type, value, user.created_at);
      storage::put_target(edits, p, target);
      decision.value.targets.push_back(target);
    };
    add_target(email_target_row, made.email_target_id, "email", user.email);
    add_target(phone_target_row, made.phone_target_id, "sms", user.phone);
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

namespace {

/// The first bytes of a key as numbers in the same order. Sorting these reads each key once; comparing the keys
/// themselves would miss the caches at every step.
struct KeyHead {
  std::array<std::uint64_t, 3> bytes{};
  std::size_t at = 0;  ///< index of the key
};

KeyHead head_of(std::string_view key, std::size_t at) {
  std::array<unsigned char, sizeof KeyHead::bytes> padded{};
  std::copy_n(key.begin(), std::min(key.size(), padded.size()), padded.begin());
  KeyHead head{{}, at};
  for (std::size_t i = 0; i < padded.size(); ++i) head.bytes[i / 8] = head.bytes[i / 8] << 8 | padded[i];
  return head;
}

/// The positions in `items` in ascending order of their keys.
template <class Item, class KeyOf>
std::vector<KeyHead> in_key_order(const std::vector<Item>& items, KeyOf key_of) {
  std::vector<KeyHead> heads;
  heads.reserve(items.size());
  for (const Item& item : items) heads.push_back(head_of(key_of(item), heads.size()));
  std::sort(heads.begin(), heads.end(), [&](const KeyHead& a, const KeyHead& b) {
    return a.bytes != b.bytes ? a.bytes < b.bytes : key_of(items[a.at]) < key_of(items[b.at]);
  });
  return heads;
}

std::vector<storage::Put> sorted(std::vector<storage::Put> puts) {
  std::vector<storage::Put> out;
  out.reserve(puts.size());
  const auto key_of = [](const storage::Put& put) -> const std::string& { return put.key; };
  for (const KeyHead& head : in_key_order(puts, key_of)) out.push_back(std::move(puts[head.at]));
  return out;
}

/// Indexes of one user's reads among all reads; `nowhere` = not read.
struct ReadIndexes {
  static constexpr std::size_t nowhere = SIZE_MAX;
  std::size_t own = nowhere, email = nowhere, phone = nowhere, email_target = nowhere, phone_target = nowhere;
  std::size_t identities = nowhere;  ///< among the ranges
};

constexpr std::size_t keys_of_one = 5;

/// The reads for many users, in the order of the B-tree: adjacent reads find their page in the caches.
struct Questions {
  Questions(ProjectNo p, const std::vector<NewUser>& made);
  storage::Reads reads;
  std::size_t counters = ReadIndexes::nowhere;
  std::vector<ReadIndexes> indexes;  ///< one for each user
};

Questions::Questions(ProjectNo p, const std::vector<NewUser>& made) : indexes(made.size()) {
  std::vector<std::pair<std::string, std::size_t*>> keys_to_indexes;
  keys_to_indexes.reserve(1 + made.size() * keys_of_one);
  const auto ask = [&](std::string key, std::size_t& index) { keys_to_indexes.emplace_back(std::move(key), &index); };
  ask(keys::counters(p), counters);
  for (std::size_t i = 0; i < made.size(); ++i) {
    const User& user = made[i].user;
    ask(keys::user(p, user.id), indexes[i].own);
    if (!user.phone.empty()) {
      ask(keys::phone_index(p, user.phone), indexes[i].phone);
      ask(keys::identifier_index(p, user.phone), indexes[i].phone_target);
    }
    if (user.email.empty()) continue;
    ask(keys::email_index(p, user.email), indexes[i].email);
    ask(keys::identifier_index(p, user.email), indexes[i].email_target);
    indexes[i].identities = reads.ranges.size();
    reads.ranges.push_back(keys::identities_with_email(p, user.email));
    reads.ranges.back().limit = 1;
  }
  const auto key_of = [](const auto& each) -> const std::string& { return each.first; };
  for (const KeyHead& head : in_key_order(keys_to_indexes, key_of)) {
    auto& [key, index] = keys_to_indexes[head.at];
    if (reads.keys.empty() || reads.keys.back() != key) reads.keys.push_back(std::move(key));
    *index = reads.keys.size() - 1;
  }
}

/// What exists already, in the store or as an earlier user of the same batch.
class Taken {
 public:
  explicit Taken(const View& view) : view_(view), claimed_(view.values.size()) {}

  [[nodiscard]] bool holds(std::size_t index) const {
    return index != ReadIndexes::nowhere && (view_.values[index] || claimed_[index]);
  }
  [[nodiscard]] Imported verdict(const ReadIndexes& indexes) const {
    if (holds(indexes.own)) return Imported::id_exists;
    if (holds(indexes.email)) return Imported::email_exists;
    if (holds(indexes.phone)) return Imported::phone_exists;
    if (indexes.identities != ReadIndexes::nowhere && !view_.ranges[indexes.identities].empty())
      return Imported::identity_exists;
    return Imported::taken;
  }
  void add(const ReadIndexes& of) {
    for (const std::size_t index : {of.own, of.email, of.phone, of.email_target, of.phone_target})
      if (index != ReadIndexes::nowhere) claimed_[index] = true;
  }

 private:
  const View& view_;
  std::vector<bool> claimed_;
};

/// Counts the user.
void put_imported(Edits& edits, ProjectNo p, const NewUser& made, storage::Counters& counters, const Taken& taken,
                  const ReadIndexes& indexes) {
  User user = made.user;
  user.sequence = counters.next_sequence++;
  ++counters.users;
  put_rows(edits, p, made, user, counters);
  if (!user.email.empty() && !taken.holds(indexes.email_target))
    storage::put_target(edits, p, make_target(user.id, made.email_target_id, "email", user.email, user.created_at));
  if (!user.phone.empty() && !taken.holds(indexes.phone_target))
    storage::put_target(edits, p, make_target(user.id, made.phone_target_id, "sms", user.phone, user.created_at));
}

}  // namespace

Change<std::vector<Imported>> import_users(ProjectNo p, std::shared_ptr<const std::vector<NewUser>> made) {
  Questions questions(p, *made);
  const std::size_t counter_index = questions.counters;
  auto decide = [p, counter_index, counter_key = keys::counters(p), made = std::move(made),
                 indexes = std::move(questions.indexes)](const View& view) -> result<Decision<std::vector<Imported>>> {
    result<storage::Counters> counters = storage::read_counters(counter_key, view.values[counter_index]);
    if (!counters) return counters.error();
    Decision<std::vector<Imported>> decision;
    Taken taken(view);
    for (std::size_t i = 0; i < made->size(); ++i) {
      const Imported verdict = taken.verdict(indexes[i]);
      decision.value.push_back(verdict);
      if (verdict != Imported::taken) continue;
      put_imported(decision.edits, p, (*made)[i], *counters, taken, indexes[i]);
      taken.add(indexes[i]);
    }
    std::vector<storage::Put>& puts = decision.edits.put;
    if (puts.empty()) return decision;
    puts.push_back(codec::put(counter_key, *counters));
    puts = sorted(std::move(puts));  // in the order of the B-tree, as the reads
    return decision;
  };
  return {std::move(questions.reads), std::move(decide)};
}

}  // namespace portcullis::changes
