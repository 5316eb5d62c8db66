// What check() holds of the outbox: its messages, the entries that they are found by, and the counters.

#include "core/outbox.hpp"
#include "storage/check_walk.hpp"
#include "storage/codec.hpp"
#include "storage/outbox_keys.hpp"

namespace portcullis::storage {
namespace {

/// The one entry that the message is found by.
std::string entry_of(const OutboxMessage& message) {
  return message.state == MessageState::due
             ? keys::outbox_due(keys::outbox_host(message.host), message.due_at, message.id)
             : keys::outbox_ended(message.due_at, message.id);
}

}  // namespace

void CheckWalk::outbox_row(const Row& row) {
  if (keys::is_outbox_message(row.key)) return outbox_message(row);
  const std::optional<keys::OutboxEntry> entry = keys::outbox_entry(row.key);
  if (!entry) {
    message_counters_ = decode<OutboxCounters>(row, codec::read<OutboxCounters>);
    return;
  }
  expect(static_cast<bool>(codec::mark(row)), row, "its checksum, version or layout is wrong");
  const std::optional<OutboxMessage> message =
      look_up<OutboxMessage>(keys::outbox_message(entry->id), codec::read<OutboxMessage>);
  expect(message && entry_of(*message) == row.key, row, "the entry describes no message");
}

void CheckWalk::outbox_message(const Row& row) {
  const std::optional<OutboxMessage> message = decode<OutboxMessage>(row, codec::read<OutboxMessage>);
  if (!message) return;
  const bool due = message->state == MessageState::due;
  ++(due ? messages_.due : messages_.ended);
  expect(keys::outbox_message(message->id) == row.key, row, "the message inside has another id");
  expect(due || message->sealed.empty(), row, "the message has ended and still holds what was sent");
  expect(snapshot_.find(entry_of(*message)).has_value(), row, "the message's entry is missing");
}

void CheckWalk::count_messages() {
  const OutboxCounters stored = message_counters_.value_or(OutboxCounters{});
  if (stored.due != messages_.due || stored.ended != messages_.ended)
    problem("the outbox counts " + std::to_string(stored.due) + " due and " + std::to_string(stored.ended) +
            " ended messages, there are " + std::to_string(messages_.due) + " and " + std::to_string(messages_.ended));
}

}  // namespace portcullis::storage
