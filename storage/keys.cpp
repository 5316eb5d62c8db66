#include "storage/keys.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "core/crypto/digest.hpp"
#include "core/words.hpp"

namespace portcullis::storage::keys {
namespace {

constexpr std::size_t verbatim_limit = 64;
constexpr std::size_t head_bytes = 48;
constexpr std::size_t hash_bytes = 16;
constexpr char part_end = '\0';
constexpr char hash_mark = '\1';

template <class N>
void append_big_endian(std::string& out, N number) {
  for (int shift = std::numeric_limits<N>::digits - 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(static_cast<std::uint8_t>(number >> shift)));
}

std::string start(ProjectNo p, char kind) {
  const auto n = static_cast<std::uint32_t>(p);
  const auto byte = [n](unsigned shift) { return static_cast<char>(static_cast<std::uint8_t>(n >> shift)); };
  const char prefix[] = {byte(24), byte(16), byte(8), byte(0), kind};
  std::string key;
  key.reserve(64);  // a user's row with ids of the usual length
  key.append(prefix, sizeof prefix);
  return key;
}

/// Clients choose these texts, so the hash is SHA-256 (its first 16 bytes): with a fast unkeyed hash one could make
/// an address that takes another's index entry. NUL bytes of the hash become 0xff so that NUL only ever ends a part,
/// and the mark keeps a hashed part apart from every verbatim one.
void append_text(std::string& key, std::string_view text) {
  const auto is_control = [](char c) { return c == part_end || c == hash_mark; };
  const auto control = std::find_if(text.begin(), text.end(), is_control);
  if (text.size() <= verbatim_limit && control == text.end()) {
    key.append(text);
  } else {
    const auto clean = static_cast<std::size_t>(control - text.begin());
    key.append(text.substr(0, std::min(clean, head_bytes)));
    key.push_back(hash_mark);
    const crypto::Sha256 hash = crypto::sha256(text);
    for (std::size_t i = 0; i < hash_bytes; ++i) key.push_back(hash[i] == 0 ? '\xff' : static_cast<char>(hash[i]));
  }
  key.push_back(part_end);
}

std::string text_key(ProjectNo p, char kind, std::string_view text) {
  std::string key = start(p, kind);
  append_text(key, text);
  return key;
}

std::string user_key(ProjectNo p, std::string_view user_id, UserRow row) {
  std::string key = text_key(p, kind_user, user_id);
  key.push_back(static_cast<char>(row));
  return key;
}

/// One of the user's rows of a kind that may have several.
std::string user_key(ProjectNo p, std::string_view user_id, UserRow row, std::string_view id) {
  std::string key = user_key(p, user_id, row);
  append_text(key, id);
  return key;
}

/// All rows of the user from the first kind to the last, both included.
Range rows_range(ProjectNo p, std::string_view user_id, UserRow first, UserRow last) {
  Range range{user_key(p, user_id, first), {}, user_rows_limit};
  range.last.reserve(64);
  range.last = range.first;
  range.last.back() = static_cast<char>(static_cast<char>(last) + 1);
  return range;
}

Range kind_range(ProjectNo p, char kind, std::uint32_t limit) {
  return {start(p, kind), start(p, static_cast<char>(kind + 1)), limit};
}

}  // namespace

std::string meta() { return start(system_space, kind_meta); }
std::string project(std::string_view project_id) { return text_key(system_space, kind_project, project_id); }
Range projects(std::uint32_t limit) { return kind_range(system_space, kind_project, limit); }

std::string saved_limits(std::uint32_t chunk) {
  std::string key = start(system_space, kind_limits);
  append_big_endian(key, chunk);
  return key;
}

Range all_saved_limits() { return kind_range(system_space, kind_limits, std::numeric_limits<std::uint32_t>::max()); }

std::string unicode() { return start(system_space, kind_unicode); }
std::string signup_code() { return start(system_space, kind_signup); }
std::string removed_project(ProjectNo p) {
  std::string key = start(system_space, kind_removed);
  append_big_endian(key, static_cast<std::uint32_t>(p));
  return key;
}

Range removed_projects(std::uint32_t limit) { return kind_range(system_space, kind_removed, limit); }

Range whole_project(ProjectNo p, std::uint32_t limit) {
  std::string first;
  append_big_endian(first, static_cast<std::uint32_t>(p));
  std::string last = beyond(first);
  return {std::move(first), std::move(last), limit};
}

std::string api_key(ProjectNo p, std::string_view key_id) { return text_key(p, kind_api_key, key_id); }
std::string dev_key(ProjectNo p, std::string_view key_id) { return text_key(p, kind_dev_key, key_id); }
Range dev_keys(ProjectNo p, std::uint32_t limit) { return kind_range(p, kind_dev_key, limit); }

std::string key_of(ProjectNo p, KeyKind kind, std::string_view key_id) {
  return kind == KeyKind::api ? api_key(p, key_id) : dev_key(p, key_id);
}

std::string pings(ProjectNo p) { return start(p, kind_pings); }
Range api_keys(ProjectNo p, std::uint32_t limit) { return kind_range(p, kind_api_key, limit); }
std::string platform(ProjectNo p, std::string_view platform_id) { return text_key(p, kind_platform, platform_id); }
Range platforms(ProjectNo p, std::uint32_t limit) { return kind_range(p, kind_platform, limit); }
std::string mock_phone(ProjectNo p, std::string_view number) { return text_key(p, kind_mock_phone, number); }
Range mock_phones(ProjectNo p, std::uint32_t limit) { return kind_range(p, kind_mock_phone, limit); }
std::string counters(ProjectNo p) { return start(p, kind_counters); }
std::string email_index(ProjectNo p, std::string_view email) { return text_key(p, kind_email, email); }
std::string phone_index(ProjectNo p, std::string_view phone) { return text_key(p, kind_phone, phone); }

std::string identifier_index(ProjectNo p, std::string_view identifier) {
  return text_key(p, kind_identifier, identifier);
}

Range identifiers(ProjectNo p, std::uint32_t limit) { return kind_range(p, kind_identifier, limit); }

Range target_ids(ProjectNo p, std::uint32_t limit) { return kind_range(p, kind_target, limit); }

std::string target_index(ProjectNo p, std::string_view target_id) { return text_key(p, kind_target, target_id); }

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

std::string team(ProjectNo p, std::string_view team_id) { return text_key(p, kind_team, team_id); }

std::string member(ProjectNo p, std::string_view team_id, std::string_view membership_id) {
  std::string key = text_key(p, kind_member, team_id);
  append_text(key, membership_id);
  return key;
}

namespace {

/// The entries of identities, by the letter: id, creation order, provider, e-mail, user.
std::string identity_entries(ProjectNo p, char by) {
  std::string key = start(p, kind_identity);
  key.push_back(by);
  return key;
}

std::string identity_text(ProjectNo p, char by, std::string_view text) {
  std::string key = identity_entries(p, by);
  append_text(key, text);
  return key;
}

}  // namespace

std::string identity_ids(ProjectNo p) { return identity_entries(p, 'i'); }
std::string identities_in_order(ProjectNo p) { return identity_entries(p, 'o'); }
std::string identity_id_index(ProjectNo p, std::string_view identity_id) { return identity_text(p, 'i', identity_id); }
std::string identity_order_index(ProjectNo p, std::uint64_t sequence) {
  return entry(identities_in_order(p), sequence);
}

std::string identity_provider_index(ProjectNo p, std::string_view provider, std::string_view uid) {
  std::string key = identity_text(p, 'p', provider);
  append_text(key, uid);
  return key;
}

std::string identity_email_group(ProjectNo p, std::string_view email) { return identity_text(p, 'e', email); }
std::string identity_user_group(ProjectNo p, std::string_view user_id) { return identity_text(p, 'u', user_id); }

Range identities_with_email(ProjectNo p, std::string_view email) {
  const std::string group = identity_email_group(p, email);
  return {group, beyond(group), user_rows_limit};
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

std::string sorted_text(std::string_view name) {
  std::string text = fold_case(name).substr(0, sorted_text_bytes);
  for (char& c : text)
    if (c == part_end) c = hash_mark;
  return text;
}

std::string name_group(ProjectNo p, std::string_view name) {
  return sorted_group(p, Sorted::name).append(sorted_text(name)).append(1, part_end);
}

std::string entry(std::string group, std::uint64_t sequence) {
  append_big_endian(group, sequence);
  return group;
}

Range list_entries(ProjectNo p, std::uint32_t limit) {
  return {start(p, kind_word), start(p, static_cast<char>(kind_sorted + 1)), limit};
}

std::string part_of(std::string_view text) {
  std::string part;
  append_text(part, text);
  part.pop_back();
  return part;
}

std::string big_endian(std::uint64_t number) { return entry({}, number); }

std::string beyond(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<std::uint8_t>(prefix.back()) + 1);
  return prefix;
}

std::string behind(std::string_view key) { return std::string(key).append(1, '\0'); }

std::string prefix_of(ProjectNo p, Kind kind) { return start(p, kind); }

std::string user(ProjectNo p, std::string_view user_id) { return user_key(p, user_id, UserRow::user); }
std::string accessed(ProjectNo p, std::string_view user_id) { return user_key(p, user_id, UserRow::accessed); }
std::string prefs(ProjectNo p, std::string_view user_id) { return user_key(p, user_id, UserRow::prefs); }
std::string credential(ProjectNo p, std::string_view user_id) { return user_key(p, user_id, UserRow::credential); }

std::string target(ProjectNo p, std::string_view user_id, std::string_view target_id) {
  return user_key(p, user_id, UserRow::target, target_id);
}

std::string membership(ProjectNo p, std::string_view user_id, std::string_view membership_id) {
  return user_key(p, user_id, UserRow::membership, membership_id);
}

std::string session(ProjectNo p, std::string_view user_id, std::string_view selector) {
  return user_key(p, user_id, UserRow::session, selector);
}

std::string identity(ProjectNo p, std::string_view user_id, std::string_view identity_id) {
  return user_key(p, user_id, UserRow::identity, identity_id);
}

std::string token(ProjectNo p, std::string_view user_id, std::string_view token_id) {
  return user_key(p, user_id, UserRow::token, token_id);
}

Range user_profile(ProjectNo p, std::string_view user_id) {
  return rows_range(p, user_id, UserRow::user, UserRow::membership);
}

Range user_targets(ProjectNo p, std::string_view user_id) {
  return rows_range(p, user_id, UserRow::target, UserRow::target);
}

Range user_memberships(ProjectNo p, std::string_view user_id) {
  return rows_range(p, user_id, UserRow::membership, UserRow::membership);
}

Range user_sessions(ProjectNo p, std::string_view user_id) {
  Range range = rows_range(p, user_id, UserRow::session, UserRow::session);
  range.limit = std::numeric_limits<std::uint32_t>::max();
  return range;
}

Range user_tokens(ProjectNo p, std::string_view user_id) {
  return rows_range(p, user_id, UserRow::token, UserRow::token);
}

Range whole_user(ProjectNo p, std::string_view user_id) {
  std::string last = text_key(p, kind_user, user_id);
  std::string first = last;
  last.back() = hash_mark;  // the smallest byte above the part's end: no other user's key begins below it
  return {std::move(first), std::move(last), std::numeric_limits<std::uint32_t>::max()};
}

}  // namespace portcullis::storage::keys
