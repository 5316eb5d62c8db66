#include "storage/users.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "core/words.hpp"
#include "storage/all_of.hpp"
#include "storage/codec_layout.hpp"
#include "storage/key_parts.hpp"
#include "storage/keys.hpp"
#include "storage/store.hpp"

namespace portcullis::storage::keys {

std::string email_index(ProjectNo p, std::string_view email) { return text_key(p, kind_email, email); }
std::string phone_index(ProjectNo p, std::string_view phone) { return text_key(p, kind_phone, phone); }

std::string order_index(ProjectNo p, std::uint64_t sequence) {
  std::string key = start(p, kind_order);
  append_big_endian(key, sequence);
  return key;
}

Range users_in_order(ProjectNo p, std::uint64_t after_sequence, std::uint32_t limit) {
  Range range = kind_range(p, kind_order, limit);
  if (after_sequence == std::numeric_limits<std::uint64_t>::max())
    range.first = range.last;
  else if (after_sequence > 0)
    range.first = order_index(p, after_sequence + 1);
  return range;
}

std::string word_group(ProjectNo p, std::string_view word) { return text_key(p, kind_word, word); }

std::string sorted_group(ProjectNo p, Sorted by) {
  std::string key = start(p, kind_sorted);
  key.push_back(static_cast<char>(by));
  return key;
}

std::string sorted_group(ProjectNo p, Sorted by, Time time) {
  constexpr std::uint64_t sign = std::uint64_t{1} << 63;  // so that times before 1970 come first
  return sorted_group(p, by) + big_endian(static_cast<std::uint64_t>(to_millis(time)) ^ sign);
}

std::string name_group(ProjectNo p, std::string_view name) {
  return sorted_group(p, Sorted::name).append(sorted_text(name)).append(1, part_end);
}

std::string sorted_text(std::string_view name) {
  std::string text = fold_case(name).substr(0, sorted_text_bytes);
  for (char& c : text)
    if (c == part_end) c = hash_mark;
  return text;
}

Range list_entries(ProjectNo p, std::uint32_t limit) {
  return {start(p, kind_word), start(p, static_cast<char>(kind_sorted + 1)), limit};
}

std::string user(ProjectNo p, std::string_view user_id) { return user_key(p, user_id, UserRow::user); }
std::string accessed(ProjectNo p, std::string_view user_id) { return user_key(p, user_id, UserRow::accessed); }
std::string prefs(ProjectNo p, std::string_view user_id) { return user_key(p, user_id, UserRow::prefs); }

Range user_profile(ProjectNo p, std::string_view user_id) {
  return rows_range(p, user_id, UserRow::user, UserRow::membership);
}

Range whole_user(ProjectNo p, std::string_view user_id) {
  std::string last = text_key(p, kind_user, user_id);
  std::string first = last;
  last.back() = hash_mark;  // the smallest byte above the part's end: no other user's key begins below it
  return {std::move(first), std::move(last), std::numeric_limits<std::uint32_t>::max()};
}

}  // namespace portcullis::storage::keys

namespace portcullis::storage::codec {

template <class Io, OfAny<BasicUser> V>
void fields(Io& io, V& v) {
  io(v.id, v.sequence, v.created_at, v.updated_at, v.name, v.email, v.phone, v.status, v.email_verified,
     v.phone_verified, v.mfa, v.reset, v.impersonator, v.registered_at, v.password_updated_at, v.labels);
}

template Put put(std::string, const User&);
template result<User> read(const Row&);
template bool borrow_from(const Row&, BorrowedUser&);

}  // namespace portcullis::storage::codec

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

awaitable<result<Store::UserPage>> Store::users(ProjectNo p, std::uint64_t after_sequence, std::uint32_t limit) {
  const std::uint32_t wanted = std::clamp<std::uint32_t>(limit, 1, page_rows);
  Reads order;
  order.ranges.push_back(keys::users_in_order(p, after_sequence, wanted + 1));
  const result<Rows> entries = co_await engine_.read(std::move(order));
  if (!entries) co_return entries.error();
  std::vector<Row> listed = entries->view().ranges[0];
  UserPage page;
  page.next = after_sequence;
  page.more = listed.size() > wanted;
  if (page.more) listed.pop_back();
  Reads users;
  for (const Row& row : listed) {
    const result<std::string> user_id = codec::read<std::string>(row);
    if (!user_id) co_return user_id.error();
    users.keys.push_back(keys::user(p, *user_id));
  }
  if (listed.empty()) co_return page;
  page.next = keys::sequence_of(listed.back().key);
  Reads declared = users;
  const result<Rows> rows = co_await engine_.read(std::move(declared));
  if (!rows) co_return rows.error();
  for (std::size_t i = 0; i < users.keys.size(); ++i) {
    const std::optional<std::string_view> value = rows->view().values[i];
    if (!value) continue;  // deleted between the two trips
    result<User> user = codec::read<User>(Row{users.keys[i], *value});
    if (!user) co_return user.error();
    page.users.push_back(std::move(*user));
  }
  co_return page;
}

}  // namespace portcullis::storage
