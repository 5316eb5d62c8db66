// What check() holds of users: their rows and the entries that they are found by.

#include <algorithm>
#include <vector>

#include "core/session.hpp"
#include "core/token.hpp"
#include "storage/check_walk.hpp"
#include "storage/codec.hpp"
#include "storage/credentials.hpp"
#include "storage/format.hpp"
#include "storage/keys.hpp"
#include "storage/sessions.hpp"
#include "storage/targets.hpp"
#include "storage/tokens.hpp"
#include "storage/users.hpp"

namespace portcullis::storage {

void CheckWalk::user_row(const Row& row, const keys::Parsed& parsed) {
  const ProjectNo p = parsed.project;
  const auto kind = static_cast<keys::UserRow>(parsed.user_row);
  if (kind == keys::UserRow::user) return user(row, p);
  expect(snapshot_.find(keys::user(p, parsed.text)).has_value(), row, "it belongs to a user that is not there");
  switch (kind) {
    case keys::UserRow::user:
      return;
    case keys::UserRow::accessed:
      static_cast<void>(decode<Time>(row, codec::read<Time>));
      return;
    case keys::UserRow::prefs:
      static_cast<void>(decode<std::string>(row, codec::read<std::string>));
      return;
    case keys::UserRow::credential:
      return credential(row, p);
    case keys::UserRow::target:
      return target(row, parsed);
    case keys::UserRow::membership:
      return membership(row, p);
    case keys::UserRow::session:
      return session(row, parsed);
    case keys::UserRow::token:
      return token(row, parsed);
    case keys::UserRow::identity:
      return identity(row, p);
  }
}

void CheckWalk::user(const Row& row, ProjectNo p) {
  ++report_.users;
  Tally& tally = tallies_[p];
  ++tally.users;
  const std::optional<User> user = decode<User>(row, codec::read<User>);
  if (!user) return;
  tally.highest_sequence = std::max(tally.highest_sequence, user->sequence);
  expect(keys::user(p, user->id) == row.key, row, "the user inside has another id");
  expect(snapshot_.find(keys::credential(p, user->id)).has_value(), row, "the user has no credential row");
  if (!user->email.empty()) entry_names(row, keys::email_index(p, user->email), user->id, "e-mail");
  if (!user->phone.empty()) entry_names(row, keys::phone_index(p, user->phone), user->id, "phone");
  entry_names(row, keys::order_index(p, user->sequence), user->id, "creation order");
  due_list_entries(row, p, *user);
}

void CheckWalk::credential(const Row& row, ProjectNo p) {
  const std::optional<Credential> credential = decode<Credential>(row, codec::read<Credential>);
  const std::optional<HashClass> one = credential ? class_of(credential->hash) : std::nullopt;
  if (one) ++tallies_[p].hashes[*one];
}

/// Classes without a count of their own are counted together.
void CheckWalk::count_hashes(const std::string& project, const Tally& tally, const HashClasses& stored) {
  if (meta_ && meta_->format < format_with_hash_classes) return;
  std::map<HashClass, std::uint64_t> left = tally.hashes;
  const auto count = [&](const std::string& which, std::uint64_t said, std::uint64_t there) {
    if (said != there)
      problem(project + ": the count of " + which + " hashes says " + std::to_string(said) + ", there are " +
              std::to_string(there));
  };
  for (const HashClasses::Count& each : stored.counted) {
    const auto found = left.extract(each.of);
    count(describe(each.of), each.users, found ? found.mapped() : 0);
  }
  std::uint64_t others = 0;
  for (const auto& [one, users] : left) others += users;
  count("other", stored.others, others);
}

/// That every user has its entries and that there are as many as that makes says that none is wrong: only when the
/// numbers differ, or one is missing, is each entry held against its user.
void CheckWalk::due_list_entries(const Row& row, ProjectNo p, const User& user) {
  if (is_old() || other_unicode_) return;
  const std::vector<Put> due = list_entries(p, user);
  tallies_[p].due_list_entries += due.size();
  const auto missing = [&](const Put& entry) { return !snapshot_.find(entry.key); };
  const auto absent = std::find_if(due.begin(), due.end(), missing);
  if (absent == due.end()) return;
  tallies_[p].misses_list_entries = true;
  problem(row, "the user's entry " + readable(absent->key) + " is missing");
}

void CheckWalk::list_entry(const Row& row, ProjectNo p) {
  ++tallies_[p].list_entries;
  expect(static_cast<bool>(codec::mark(row)), row, "its checksum, version or layout is wrong");
}

/// A row of the second walk, which is made when entries and users do not match.
void CheckWalk::stray_entry(const Row& row) {
  const std::optional<keys::Parsed> parsed = keys::parse(row.key);
  if (!parsed || (parsed->kind != keys::kind_word && parsed->kind != keys::kind_sorted)) return;
  const ProjectNo p = parsed->project;
  if (removed_.contains(p)) return;
  const std::optional<std::string> id =
      look_up<std::string>(keys::order_index(p, keys::sequence_of(row.key)), codec::read<std::string>);
  const std::optional<User> user = id ? look_up<User>(keys::user(p, *id), codec::read<User>) : std::nullopt;
  const auto is_this = [&](const Put& entry) { return entry.key == row.key; };
  const std::vector<Put> due = user ? list_entries(p, *user) : std::vector<Put>{};
  expect(std::any_of(due.begin(), due.end(), is_this), row, "the entry describes no user");
}

void CheckWalk::entry_names(const Row& row, const std::string& index, const std::string& user_id,
                            std::string_view which) {
  const std::optional<std::string> named = look_up<std::string>(index, codec::read<std::string>);
  if (!named) problem(row, "the user's entry in the " + std::string(which) + " index is missing");
  if (named && *named != user_id)
    problem(row, "the user's entry in the " + std::string(which) + " index names another user");
}

void CheckWalk::target(const Row& row, const keys::Parsed& parsed) {
  ++report_.targets;
  const std::optional<Target> target = decode<Target>(row, codec::read<Target>);
  if (!target) return;
  expect(keys::target(parsed.project, target->user_id, target->id) == row.key, row,
         "the target inside has another user or id");
  const auto has_entry = [&](const std::string& index) {
    const std::optional<TargetRef> ref = look_up<TargetRef>(index, codec::read<TargetRef>);
    return ref && ref->user_id == target->user_id && ref->target_id == target->id;
  };
  expect(has_entry(keys::identifier_index(parsed.project, target->identifier)), row,
         "the target's entry in the identifier index is missing or names another target");
  if (is_old()) return;
  expect(has_entry(keys::target_index(parsed.project, target->id)), row,
         "the target's entry in the index of target ids is missing or names another target");
}

void CheckWalk::session(const Row& row, const keys::Parsed& parsed) {
  const std::optional<Session> session = decode<Session>(row, codec::read<Session>);
  ++(session && !is_live(*session, now_) ? report_.expired_sessions : report_.sessions);
  if (!session) return;
  expect(keys::session(parsed.project, session->user_id, session->selector) == row.key, row,
         "the session inside has another user or selector");
}

void CheckWalk::token(const Row& row, const keys::Parsed& parsed) {
  const std::optional<Token> token = decode<Token>(row, codec::read<Token>);
  if (!token) return;
  expect(keys::token(parsed.project, token->user_id, token->id) == row.key, row,
         "the token inside has another user or id");
}

void CheckWalk::address_entry(const Row& row, ProjectNo p, std::string User::*address,
                              std::string (*key_of)(ProjectNo, std::string_view)) {
  const std::optional<std::string> user_id = decode<std::string>(row, codec::read<std::string>);
  if (!user_id) return;
  const std::optional<User> user = look_up<User>(keys::user(p, *user_id), codec::read<User>);
  expect(user && key_of(p, (*user).*address) == row.key, row, "the entry names a user that does not have this address");
}

void CheckWalk::identifier_entry(const Row& row, ProjectNo p) {
  const std::optional<TargetRef> ref = decode<TargetRef>(row, codec::read<TargetRef>);
  if (!ref) return;
  const std::optional<Target> target = named_target(*ref, p);
  expect(target && keys::identifier_index(p, target->identifier) == row.key, row,
         "the entry names a target that does not have this identifier");
}

void CheckWalk::target_entry(const Row& row, ProjectNo p) {
  const std::optional<TargetRef> ref = decode<TargetRef>(row, codec::read<TargetRef>);
  if (!ref || is_old()) return;  // an older program leaves what an interrupted upgrade made
  expect(named_target(*ref, p) && keys::target_index(p, ref->target_id) == row.key, row,
         "the entry names a target that is not there or has another id");
}

std::optional<Target> CheckWalk::named_target(const TargetRef& ref, ProjectNo p) {
  return look_up<Target>(keys::target(p, ref.user_id, ref.target_id), codec::read<Target>);
}

void CheckWalk::order_entry(const Row& row, ProjectNo p) {
  const std::optional<std::string> user_id = decode<std::string>(row, codec::read<std::string>);
  if (!user_id) return;
  const std::optional<User> user = look_up<User>(keys::user(p, *user_id), codec::read<User>);
  expect(user && user->sequence == keys::sequence_of(row.key), row,
         "the entry names a user that was not created at this place");
}

}  // namespace portcullis::storage
