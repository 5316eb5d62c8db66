#pragma once
// A message on its way out, as the outbox keeps it: a mail, a text or the delivery of a webhook. Plain values.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/time.hpp"

namespace portcullis {

enum class MessageKind : std::uint32_t { mail, sms, webhook };
/// `due`: still to be sent. The others are ends: delivered, given up, or no longer worth sending.
enum class MessageState : std::uint32_t { due, sent, dead, dropped };

struct OutboxMessage {
  std::string id;  ///< the same in every try: receivers tell a repetition by it
  MessageKind kind = MessageKind::mail;
  MessageState state = MessageState::due;
  ProjectNo project{};
  std::string project_id;
  std::string purpose;    ///< what it is about, for who looks at the queue: `smtp_test`, `recovery`, ...
  std::string host;       ///< where it goes; tries are limited by it
  std::string recipient;  ///< likewise; empty = no such limit
  Time created_at{};
  Time due_at{};                   ///< of the next try; of one that has ended: when its record goes
  Time gives_up_at{};              ///< a try that fails after this is the last
  std::optional<Time> expires_at;  ///< it is worth nothing after this
  std::vector<std::string> needs;  ///< keys of rows without which it is worth nothing: its token, its project
  std::uint32_t attempts = 0;      ///< tries that have failed
  std::string outcome;             ///< what came of the last try, in words of ours
  std::string sealed;              ///< what is sent, sealed for the record's key; empty once it has ended
  friend bool operator==(const OutboxMessage&, const OutboxMessage&) = default;
};

[[nodiscard]] constexpr std::string_view name_of(MessageKind kind) noexcept {
  switch (kind) {
    case MessageKind::mail:
      return "mail";
    case MessageKind::sms:
      return "sms";
    case MessageKind::webhook:
      return "webhook";
  }
  return "unknown";
}

[[nodiscard]] constexpr std::string_view name_of(MessageState state) noexcept {
  switch (state) {
    case MessageState::due:
      return "due";
    case MessageState::sent:
      return "sent";
    case MessageState::dead:
      return "dead";
    case MessageState::dropped:
      return "dropped";
  }
  return "unknown";
}

}  // namespace portcullis
