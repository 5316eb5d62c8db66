// The other direction of the key grammar: what a key of the store is made of.

#include <algorithm>

#include "storage/key_parts.hpp"
#include "storage/keys.hpp"
#include "storage/outbox_keys.hpp"
#include "storage/users.hpp"

namespace portcullis::storage::keys {
namespace {

constexpr std::size_t prefix_bytes = 5;  // project number and kind
constexpr std::size_t sequence_bytes = 8;
constexpr std::size_t time_bytes = 8;

/// One NUL-ended part at the front of `rest`, taken off it; empty when there is none.
std::optional<std::string_view> take_part(std::string_view& rest) noexcept {
  const std::size_t end = rest.find(part_end);
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return part;
}

/// Takes the 8 bytes of an entry's sequence, which must be all that is left.
bool parse_sequence(std::string_view rest, Parsed& parsed) noexcept {
  parsed.sequence = rest;
  return rest.size() == sequence_bytes;
}

bool parse_sorted(std::string_view rest, Parsed& parsed) noexcept {
  if (rest.empty()) return false;
  parsed.text = rest.substr(0, 1);
  const char by = rest.front();
  rest.remove_prefix(1);
  switch (by) {
    case static_cast<char>(Sorted::no_email):
    case static_cast<char>(Sorted::no_phone):
      return parse_sequence(rest, parsed);
    case static_cast<char>(Sorted::created):
    case static_cast<char>(Sorted::registered):
      return rest.size() == time_bytes + sequence_bytes && parse_sequence(rest.substr(time_bytes), parsed);
    case static_cast<char>(Sorted::name): {
      const std::size_t end = rest.find(part_end);
      return end <= sorted_text_bytes && parse_sequence(rest.substr(end + 1), parsed);
    }
    default:
      return false;
  }
}

/// The second part, which must be all that is left.
bool parse_detail(std::string_view rest, Parsed& parsed) noexcept {
  const std::optional<std::string_view> detail = take_part(rest);
  if (!detail || !rest.empty()) return false;
  parsed.detail = *detail;
  return true;
}

bool parse_identity(std::string_view rest, Parsed& parsed) noexcept {
  if (rest.empty()) return false;
  const char by = rest.front();
  rest.remove_prefix(1);
  if (by == 'o') return parse_sequence(rest, parsed);
  const std::optional<std::string_view> text = take_part(rest);
  if (!text) return false;
  parsed.text = *text;
  if (by == 'i') return rest.empty();
  if (by == 'e' || by == 'u') return parse_sequence(rest, parsed);
  return by == 'p' && parse_detail(rest, parsed);
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
    case static_cast<char>(UserRow::membership):
    case static_cast<char>(UserRow::session):
    case static_cast<char>(UserRow::identity):
    case static_cast<char>(UserRow::token):
      return parse_detail(rest, parsed);
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
    case kind_unicode:
    case kind_signup:
      return system && rest.empty();
    case kind_project:
      return system && text_only();
    case kind_limits:
    case kind_removed:
      return system && number_of(4);
    case kind_outbox:
      return system && is_outbox_rest(rest);
    case kind_counters:
    case kind_pings:
      return !system && rest.empty();
    case kind_order:
      return !system && number_of(8);
    case kind_api_key:
    case kind_dev_key:
    case kind_platform:
    case kind_mock_phone:
    case kind_email:
    case kind_phone:
    case kind_identifier:
    case kind_target:
    case kind_team:
      return !system && text_only();
    case kind_member: {
      const std::optional<std::string_view> team = take_part(rest);
      if (system || !team) return false;
      parsed.text = *team;
      return parse_detail(rest, parsed);
    }
    case kind_word: {
      const std::optional<std::string_view> word = take_part(rest);
      if (system || !word) return false;
      parsed.text = *word;
      return parse_sequence(rest, parsed);
    }
    case kind_identity:
      return !system && parse_identity(rest, parsed);
    case kind_sorted:
      return !system && parse_sorted(rest, parsed);
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

bool is_user_row(std::string_view key, UserRow row) noexcept {
  const std::optional<Parsed> parsed = parse(key);
  return parsed && parsed->kind == kind_user && parsed->user_row == static_cast<char>(row);
}

std::uint64_t sequence_of(std::string_view key) noexcept {
  const std::optional<Parsed> parsed = parse(key);
  if (!parsed) return 0;
  std::uint64_t sequence = 0;
  for (const char c : parsed->kind == kind_order ? parsed->text : parsed->sequence)
    sequence = sequence << 8 | static_cast<std::uint8_t>(c);
  return sequence;
}

ProjectNo project_of(std::string_view key) noexcept {
  if (key.size() < prefix_bytes) return system_space;
  std::uint32_t number = 0;
  for (const char c : key.substr(0, 4)) number = number << 8 | static_cast<std::uint8_t>(c);
  return ProjectNo{number};
}

std::optional<Parsed> parse(std::string_view key) noexcept {
  if (key.size() < prefix_bytes) return std::nullopt;
  Parsed parsed;
  parsed.project = project_of(key);
  parsed.kind = key[4];
  if (!parse_rest(key.substr(prefix_bytes), parsed)) return std::nullopt;
  return parsed;
}

}  // namespace portcullis::storage::keys
