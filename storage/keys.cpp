#include "storage/keys.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "core/crypto/digest.hpp"

namespace portcullis::storage::keys {
namespace {

constexpr std::size_t verbatim_limit = 64;
constexpr std::size_t head_bytes = 48;
constexpr std::size_t hash_bytes = 16;
constexpr char part_end = '\0';
constexpr char hash_mark = '\1';
constexpr std::size_t prefix_bytes = 5;  // project number and kind

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

/// One NUL-ended part at the front of `rest`, taken off it; empty when there is none.
std::optional<std::string_view> take_part(std::string_view& rest) noexcept {
  const std::size_t end = rest.find(part_end);
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return part;
}

bool parse_user_row(std::string_view rest, Parsed& parsed) noexcept {
  if (rest.empty()) return false;
  parsed.user_row = rest.front();
  rest.remove_prefix(1);
  switch (parsed.user_row) {
    case static_cast<char>(UserRow::user):
    case static_cast<char>(UserRow::accessed):
    case static_cast<char>(UserRow::prefs):
    case static_cast<char>(UserRow::credential):
      return rest.empty();
    case static_cast<char>(UserRow::target):
    case static_cast<char>(UserRow::session): {
      const std::optional<std::string_view> detail = take_part(rest);
      if (!detail || !rest.empty()) return false;
      parsed.detail = *detail;
      return true;
    }
    default:
      return false;
  }
}

bool parse_rest(std::string_view rest, Parsed& parsed) noexcept {
  const bool system = parsed.project == system_space;
  const auto number_of = [&](std::size_t size) {
    parsed.text = rest;
    return rest.size() == size;
  };
  const auto text_only = [&] {
    const std::optional<std::string_view> part = take_part(rest);
    if (part) parsed.text = *part;
    return part && rest.empty();
  };
  switch (parsed.kind) {
    case kind_meta:
      return system && rest.empty();
    case kind_project:
      return system && text_only();
    case kind_limits:
      return system && number_of(4);
    case kind_counters:
      return !system && rest.empty();
    case kind_order:
      return !system && number_of(8);
    case kind_api_key:
    case kind_email:
    case kind_phone:
    case kind_identifier:
      return !system && text_only();
    case kind_user: {
      const std::optional<std::string_view> part = take_part(rest);
      if (system || !part) return false;
      parsed.text = *part;
      return parse_user_row(rest, parsed);
    }
    default:
      return false;
  }
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

std::string api_key(ProjectNo p, std::string_view key_id) { return text_key(p, kind_api_key, key_id); }
Range api_keys(ProjectNo p, std::uint32_t limit) { return kind_range(p, kind_api_key, limit); }
std::string counters(ProjectNo p) { return start(p, kind_counters); }
std::string email_index(ProjectNo p, std::string_view email) { return text_key(p, kind_email, email); }
std::string phone_index(ProjectNo p, std::string_view phone) { return text_key(p, kind_phone, phone); }

std::string identifier_index(ProjectNo p, std::string_view identifier) {
  return text_key(p, kind_identifier, identifier);
}

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

std::string user(ProjectNo p, std::string_view user_id) { return user_key(p, user_id, UserRow::user); }
std::string accessed(ProjectNo p, std::string_view user_id) { return user_key(p, user_id, UserRow::accessed); }
std::string prefs(ProjectNo p, std::string_view user_id) { return user_key(p, user_id, UserRow::prefs); }
std::string credential(ProjectNo p, std::string_view user_id) { return user_key(p, user_id, UserRow::credential); }

std::string target(ProjectNo p, std::string_view user_id, std::string_view target_id) {
  std::string key = user_key(p, user_id, UserRow::target);
  append_text(key, target_id);
  return key;
}

std::string session(ProjectNo p, std::string_view user_id, std::string_view selector) {
  std::string key = user_key(p, user_id, UserRow::session);
  append_text(key, selector);
  return key;
}

Range user_profile(ProjectNo p, std::string_view user_id) {
  return rows_range(p, user_id, UserRow::user, UserRow::target);
}

Range user_targets(ProjectNo p, std::string_view user_id) {
  return rows_range(p, user_id, UserRow::target, UserRow::target);
}

Range user_sessions(ProjectNo p, std::string_view user_id) {
  return rows_range(p, user_id, UserRow::session, UserRow::session);
}

Range whole_user(ProjectNo p, std::string_view user_id) {
  std::string last = text_key(p, kind_user, user_id);
  std::string first = last;
  last.back() = hash_mark;  // the smallest byte above the part's end: no other user's key begins below it
  return {std::move(first), std::move(last), std::numeric_limits<std::uint32_t>::max()};
}

bool is_user_row(std::string_view key, UserRow row) noexcept {
  const std::optional<Parsed> parsed = parse(key);
  return parsed && parsed->kind == kind_user && parsed->user_row == static_cast<char>(row);
}

std::uint64_t sequence_of(std::string_view key) noexcept {
  const std::optional<Parsed> parsed = parse(key);
  if (!parsed || parsed->kind != kind_order) return 0;
  std::uint64_t sequence = 0;
  for (const char c : parsed->text) sequence = sequence << 8 | static_cast<std::uint8_t>(c);
  return sequence;
}

std::optional<Parsed> parse(std::string_view key) noexcept {
  if (key.size() < prefix_bytes) return std::nullopt;
  std::uint32_t number = 0;
  for (const char c : key.substr(0, 4)) number = number << 8 | static_cast<std::uint8_t>(c);
  Parsed parsed;
  parsed.project = ProjectNo{number};
  parsed.kind = key[4];
  if (!parse_rest(key.substr(prefix_bytes), parsed)) return std::nullopt;
  return parsed;
}

}  // namespace portcullis::storage::keys
