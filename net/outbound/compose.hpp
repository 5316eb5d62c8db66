#pragma once
// From a mail to the record that a change writes with its cause. Any thread.

#include <optional>
#include <string>
#include <vector>

#include "core/crypto/seal.hpp"
#include "core/outbox.hpp"
#include "core/random.hpp"
#include "net/outbound/mail.hpp"

namespace portcullis::outbound {

/// What the outbox must know of a message beside what is sent.
struct MessageOrder {
  std::string purpose;
  ProjectNo project{};
  std::string project_id;
  Time now{};
  std::optional<Time> expires_at{};  ///< of its token
  std::vector<std::string> needs{};  ///< keys of rows; that of the project is added
};

/// Whom the server's own mail is from. With --mail-file alone, somebody who cannot be.
[[nodiscard]] Mailbox own_sender(const MailConfig& config);

/// The record, due at once. Errors: general_argument_invalid for an address that is none, payload_too_large.
[[nodiscard]] result<OutboxMessage> compose(const Mail& mail, MessageOrder order, const crypto::Sealer& sealer,
                                            Random& random);

}  // namespace portcullis::outbound
