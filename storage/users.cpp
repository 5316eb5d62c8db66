#include "storage/users.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/words.hpp"
#include "storage/codec.hpp"
#include "storage/keys.hpp"

namespace portcullis::storage {
namespace {

bool by_key(const Put& a, const Put& b) { return a.key < b.key; }
bool same_key(const Put& a, const Put& b) { return a.key == b.key; }

bool same_entries(const User& a, const User& b) {
  return a.email == b.email && a.phone == b.phone && a.name == b.name && a.labels == b.labels &&
         a.created_at == b.created_at && a.registered_at == b.registered_at && a.sequence == b.sequence && a.id == b.id;
}

}  // namespace

std::string search_text(const BorrowedUser& user) {
  std::string text(user.id);
  for (const std::string_view part : {user.email, user.name, user.phone}) text.append(" ").append(part);
  for (const std::string_view label : user.labels) text.append(" label:").append(label);
  return text;
}

std::vector<Put> list_entries(ProjectNo p, const User& user) {
  using keys::Sorted;
  std::vector<Put> entries;
  const auto add = [&](std::string group) {
    entries.push_back(codec::put_mark(keys::entry(std::move(group), user.sequence)));
  };
  for (const std::string& word : words_of(search_text(borrow(user)))) add(keys::word_group(p, word));
  add(keys::sorted_group(p, Sorted::created, user.created_at));
  add(keys::sorted_group(p, Sorted::registered, user.registered_at));
  add(keys::name_group(p, user.name));
  if (user.email.empty()) add(keys::sorted_group(p, Sorted::no_email));
  if (user.phone.empty()) add(keys::sorted_group(p, Sorted::no_phone));
  std::sort(entries.begin(), entries.end(), by_key);
  entries.erase(std::unique(entries.begin(), entries.end(), same_key), entries.end());
  return entries;
}

std::vector<Put> user_entries(ProjectNo p, const User& user) {
  std::vector<Put> entries = list_entries(p, user);
  if (!user.email.empty()) entries.push_back(codec::put_text(keys::email_index(p, user.email), user.id));
  if (!user.phone.empty()) entries.push_back(codec::put_text(keys::phone_index(p, user.phone), user.id));
  entries.push_back(codec::put_text(keys::order_index(p, user.sequence), user.id));
  std::sort(entries.begin(), entries.end(), by_key);
  return entries;
}

void put_new_user(Edits& edits, ProjectNo p, const User& user) {
  edits.put.push_back(codec::put(keys::user(p, user.id), user));
  std::vector<Put> entries = user_entries(p, user);
  std::move(entries.begin(), entries.end(), std::back_inserter(edits.put));
}

void put_changed_user(Edits& edits, ProjectNo p, const User& before, const User& after) {
  edits.put.push_back(codec::put(keys::user(p, after.id), after));
  if (same_entries(before, after)) return;
  const std::vector<Put> old_entries = user_entries(p, before);
  const std::vector<Put> new_entries = user_entries(p, after);
  std::set_difference(new_entries.begin(), new_entries.end(), old_entries.begin(), old_entries.end(),
                      std::back_inserter(edits.put), by_key);
  std::vector<Put> gone;
  std::set_difference(old_entries.begin(), old_entries.end(), new_entries.begin(), new_entries.end(),
                      std::back_inserter(gone), by_key);
  for (Put& entry : gone) edits.erase.push_back(std::move(entry.key));
}

void erase_user_entries(Edits& edits, ProjectNo p, const User& user) {
  for (Put& entry : user_entries(p, user)) edits.erase.push_back(std::move(entry.key));
}

}  // namespace portcullis::storage
