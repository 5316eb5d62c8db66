#pragma once
// The outbox: messages are written by the change that is their cause, and leave it by settle() once they are sent,
// given up or no longer worth sending. What was to be sent is overwritten then. Functions that build changes are pure;
// those that read may be called on any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/outbox.hpp"
#include "storage/change.hpp"
#include "storage/codec.hpp"
#include "storage/outbox_keys.hpp"

namespace portcullis::storage::outbox {

/// Declares what put() needs to read; answers its place among the keys.
[[nodiscard]] std::size_t declare(Reads& reads);
/// Adds the messages, which are due, to the edits of a change that declared them. Errors: outbox_full when more than
/// `most` would wait, record_corrupt.
[[nodiscard]] result<void> put(Edits& edits, const View& view, std::size_t declared,
                               const std::vector<OutboxMessage>& messages, std::uint64_t most);

/// The change with messages that it causes: both happen, or neither does. Errors: its own, and those of put().
template <class T>
[[nodiscard]] Change<T> with_messages(Change<T> change, std::vector<OutboxMessage> messages, std::uint64_t most) {
  const std::size_t declared = declare(change.reads);
  auto decide = [inner = std::move(change.decide), messages = std::move(messages), declared,
                 most](const View& view) -> result<Decision<T>> {
    result<Decision<T>> decision = inner(view);
    if (!decision) return decision;
    const result<void> added = put(decision->edits, view, declared, messages, most);
    if (!added) return added.error();
    return decision;
  };
  change.decide = std::move(decide);
  return change;
}

/// What has become of a due message.
struct Settlement {
  std::string id;
  MessageState state = MessageState::due;
  Time at{};          ///< of one that is still due: the next try; else when the record goes
  bool tried = true;  ///< and not merely put off
  std::string outcome{};
};
/// Those that are not due any more stay as they are. Answers how many were.
[[nodiscard]] Change<std::uint64_t> settle(std::vector<Settlement> settlements);
/// Makes it due at `now`, with time until `gives_up_at`. Errors: outbox_message_not_found when it is not due.
[[nodiscard]] Change<OutboxMessage> retry(std::string id, Time now, Time gives_up_at);
/// It will not be sent. Errors: outbox_message_not_found when it is not due.
[[nodiscard]] Change<OutboxMessage> drop(std::string id, Time goes_at);
/// Erases records of ended messages whose time has come, and the next to go beyond `most`; a few hundred at a time.
/// Answers how many.
[[nodiscard]] Change<std::uint64_t> forget(Time now, std::uint64_t most);

/// A host with messages that wait, and when the first of them is due.
struct HostDue {
  std::string host_mark;
  Time at{};
};
/// One short read a host. Errors: those of the engine.
[[nodiscard]] result<std::vector<HostDue>> hosts_due(Engine& engine);
/// The host's first entry behind that time; empty when it has none.
[[nodiscard]] result<std::optional<HostDue>> host_due_after(Engine& engine, const std::string& host_mark, Time after);

/// A message whose time has come, and whether all that it needs is still there.
struct DueMessage {
  OutboxMessage message;
  bool wanted = true;
};
/// In the order of time. Errors: those of the engine, record_corrupt.
[[nodiscard]] result<std::vector<DueMessage>> due(Engine& engine, const std::string& host_mark, Time by,
                                                  std::uint32_t limit);

/// In the order of creation, from behind the id `after`.
[[nodiscard]] result<std::vector<OutboxMessage>> list(Engine& engine, std::string_view after, std::uint32_t limit);
[[nodiscard]] result<std::optional<OutboxMessage>> find(Engine& engine, std::string_view id);
[[nodiscard]] result<OutboxCounters> counters(Engine& engine);

}  // namespace portcullis::storage::outbox
