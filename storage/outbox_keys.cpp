#include "storage/outbox_keys.hpp"

#include "core/crypto/digest.hpp"
#include "storage/keys.hpp"

namespace portcullis::storage::keys {
namespace {

constexpr std::size_t prefix_bytes = 5;  // project number and kind
constexpr std::size_t host_bytes = 8;
constexpr std::size_t time_bytes = 8;
constexpr std::uint64_t sign = std::uint64_t{1} << 63;  // so that times before 1970 come first
constexpr char part_end = '\0';
constexpr char way_counters = 'c', way_due = 'd', way_ended = 'f', way_message = 'm';

std::string start(char way) { return prefix_of(system_space, static_cast<Kind>(kind_outbox)).append(1, way); }

std::string time_text(Time at) { return big_endian(static_cast<std::uint64_t>(to_millis(at)) ^ sign); }

Time time_of(std::string_view bytes) noexcept {
  std::uint64_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<std::uint8_t>(c);
  return from_millis(static_cast<std::int64_t>(number ^ sign));
}

std::string with_id(std::string key, std::string_view id) { return key.append(part_of(id)).append(1, part_end); }

bool is_way(std::string_view key, char way) noexcept {
  return key.size() > prefix_bytes && key.substr(0, prefix_bytes) == std::string_view("\0\0\0\0b", prefix_bytes) &&
         key[prefix_bytes] == way;
}

/// One text with its end, and nothing behind it.
bool is_id(std::string_view rest) noexcept { return rest.size() > 1 && rest.find(part_end) == rest.size() - 1; }

}  // namespace

std::string outbox_counters() { return start(way_counters); }
std::string outbox_message(std::string_view id) { return with_id(start(way_message), id); }

Range outbox_messages(std::string_view after, std::uint32_t limit) {
  const std::string all = start(way_message);
  return {after.empty() ? all : behind(outbox_message(after)), beyond(all), limit};
}

std::string outbox_host(std::string_view host) {
  const crypto::Sha256 hash = crypto::sha256(host);
  std::string mark;
  for (std::size_t i = 0; i < host_bytes; ++i) mark.push_back(static_cast<char>(hash[i]));
  return mark;
}

std::string outbox_due(std::string_view host_mark, Time at, std::string_view id) {
  return with_id(start(way_due).append(host_mark).append(time_text(at)), id);
}

Range outbox_due_by(std::string_view host_mark, Time by, std::uint32_t limit) {
  const std::string host = start(way_due).append(host_mark);
  Range range{host, host + time_text(by + std::chrono::milliseconds(1)), limit};
  range.keys_only = true;
  return range;
}

Range outbox_next_host(std::string_view host_mark) {
  const std::string all = start(way_due);
  Range range{host_mark.empty() ? all : beyond(all + std::string(host_mark)), beyond(all), 1};
  range.keys_only = true;
  return range;
}

std::string outbox_ended(Time goes_at, std::string_view id) {
  return with_id(start(way_ended) + time_text(goes_at), id);
}

Range outbox_ended_first(std::uint32_t limit) {
  const std::string all = start(way_ended);
  Range range{all, beyond(all), limit};
  range.keys_only = true;
  return range;
}

std::optional<OutboxEntry> outbox_entry(std::string_view key) noexcept {
  const bool due = is_outbox_due(key);
  if (!due && !is_way(key, way_ended)) return std::nullopt;
  std::string_view rest = key.substr(prefix_bytes + 1);
  OutboxEntry entry;
  const std::size_t head = (due ? host_bytes : 0) + time_bytes;
  if (rest.size() < head || !is_id(rest.substr(head))) return std::nullopt;
  if (due) entry.host_mark = rest.substr(0, host_bytes);
  entry.at = time_of(rest.substr(head - time_bytes, time_bytes));
  rest.remove_prefix(head);
  entry.id = rest.substr(0, rest.size() - 1);
  return entry;
}

bool is_outbox_due(std::string_view key) noexcept { return is_way(key, way_due); }
bool is_outbox_message(std::string_view key) noexcept { return is_way(key, way_message); }

bool is_outbox_rest(std::string_view rest) noexcept {
  if (rest.empty()) return false;
  const char way = rest.front();
  rest.remove_prefix(1);
  if (way == way_counters) return rest.empty();
  if (way == way_message) return is_id(rest);
  const std::size_t head = way == way_due ? host_bytes + time_bytes : time_bytes;
  return (way == way_due || way == way_ended) && rest.size() > head && is_id(rest.substr(head));
}

}  // namespace portcullis::storage::keys
