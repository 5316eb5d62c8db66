#include "storage/keys.hpp"

#include <algorithm>

#include "core/crypto/digest.hpp"
#include "storage/key_parts.hpp"

namespace portcullis::storage::keys {
namespace {

constexpr std::size_t verbatim_limit = 64;
constexpr std::size_t head_bytes = 48;
constexpr std::size_t hash_bytes = 16;

}  // namespace

std::string start(ProjectNo p, char kind) {
  const auto n = static_cast<std::uint32_t>(p);
  const auto byte = [n](unsigned shift) { return static_cast<char>(static_cast<std::uint8_t>(n >> shift)); };
  const char prefix[] = {byte(24), byte(16), byte(8), byte(0), kind};
  std::string key;
  key.reserve(64);  // a user's row with ids of the usual length
  key.append(prefix, sizeof prefix);
  return key;
}

// Clients choose these texts, so the hash is SHA-256 (its first 16 bytes): with a fast unkeyed hash one could make
// an address that takes another's index entry. NUL bytes of the hash become 0xff so that NUL only ever ends a part,
// and the mark keeps a hashed part apart from every verbatim one.
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

std::string user_key(ProjectNo p, std::string_view user_id, UserRow row, std::string_view id) {
  std::string key = user_key(p, user_id, row);
  append_text(key, id);
  return key;
}

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

std::string saved_limits(std::uint32_t chunk) {
  std::string key = start(system_space, kind_limits);
  append_big_endian(key, chunk);
  return key;
}

Range all_saved_limits() { return kind_range(system_space, kind_limits, std::numeric_limits<std::uint32_t>::max()); }

std::string signup_code() { return start(system_space, kind_signup); }

std::string entry(std::string group, std::uint64_t sequence) {
  append_big_endian(group, sequence);
  return group;
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

}  // namespace portcullis::storage::keys
