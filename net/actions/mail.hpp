#pragma once
// Sending mail that has no other cause than being asked for, and the mail that shows that sending works.

#include <vector>

#include "core/async/offload.hpp"
#include "net/outbound/compose.hpp"
#include "net/state/services.hpp"

namespace portcullis {

/// Source: docs/contract/smtp-templates.md 1.2. Shows sender and reply address.
[[nodiscard]] outbound::Mail test_mail(outbound::Mailbox from, outbound::Mailbox to, outbound::Mailbox reply_to);

/// Puts the messages into the outbox; answers their ids. Errors: outbox_full, those of the engine.
[[nodiscard]] awaitable<result<std::vector<std::string>>> put_into_outbox(Services& services,
                                                                          std::vector<OutboxMessage> messages);

}  // namespace portcullis
