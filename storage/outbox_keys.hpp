#pragma once
// Keys of the outbox, in the system's own space (docs/storage.md): a record a message, an entry a due message by host
// and time, an entry an ended one by the time at which its record goes, and counters. Pure; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

/// Of the outbox: messages that wait, and records of messages that have ended.
struct OutboxCounters {
  std::uint64_t due = 0;
  std::uint64_t ended = 0;
};

}  // namespace portcullis::storage

namespace portcullis::storage::keys {

inline constexpr char kind_outbox = 'b';

[[nodiscard]] std::string outbox_counters();
[[nodiscard]] std::string outbox_message(std::string_view id);
/// Records in the order of their ids, which is that of creation; `after` empty = from the first.
[[nodiscard]] Range outbox_messages(std::string_view after, std::uint32_t limit);

/// Eight bytes that stand for a host: of its SHA-256.
[[nodiscard]] std::string outbox_host(std::string_view host);
[[nodiscard]] std::string outbox_due(std::string_view host_mark, Time at, std::string_view id);
/// The entries of a host that are due by then.
[[nodiscard]] Range outbox_due_by(std::string_view host_mark, Time by, std::uint32_t limit);
/// The first entry of the first host behind this one; an empty mark: of all hosts.
[[nodiscard]] Range outbox_next_host(std::string_view host_mark);
[[nodiscard]] std::string outbox_ended(Time goes_at, std::string_view id);
[[nodiscard]] Range outbox_ended_first(std::uint32_t limit);

/// What an entry says. Views point into the key; the host mark of an ended message is empty.
struct OutboxEntry {
  std::string_view host_mark;
  Time at{};
  std::string_view id;
};
[[nodiscard]] std::optional<OutboxEntry> outbox_entry(std::string_view key) noexcept;
[[nodiscard]] bool is_outbox_due(std::string_view key) noexcept;
[[nodiscard]] bool is_outbox_message(std::string_view key) noexcept;
/// Of a key behind project number and kind: is it one of these?
[[nodiscard]] bool is_outbox_rest(std::string_view rest) noexcept;

}  // namespace portcullis::storage::keys
