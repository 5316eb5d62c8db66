#include "net/outbound/compose.hpp"

#include <utility>

#include "core/validators.hpp"
#include "policies/outbox_policy.hpp"
#include "storage/keys.hpp"
#include "storage/outbox_keys.hpp"
#include "storage/projects.hpp"

namespace portcullis::outbound {

Mailbox own_sender(const MailConfig& config) {
  if (!config.sender_address.empty()) return {config.sender_name, config.sender_address};
  return {"Portcullis", "portcullis@localhost.invalid"};
}

result<OutboxMessage> compose(const Mail& mail, MessageOrder order, const crypto::Sealer& sealer, Random& random) {
  if (!is_safe_address(mail.from.address) || !is_safe_address(mail.to.address)) return errc::general_argument_invalid;
  const result<Secret> payload = to_payload(mail);
  if (!payload) return payload.error();
  OutboxMessage message;
  message.id = unique_id(order.now, random);
  message.kind = MessageKind::mail;
  message.project = order.project;
  message.project_id = std::move(order.project_id);
  message.purpose = std::move(order.purpose);
  message.host = mail.server ? host_key(*mail.server) : std::string(own_mail);
  message.recipient = validators::normalise_email(mail.to.address);
  message.created_at = message.due_at = order.now;
  message.gives_up_at = order.now + policies::gives_up_after;
  message.expires_at = order.expires_at;
  message.needs = std::move(order.needs);
  message.needs.push_back(storage::keys::project(message.project_id));
  message.sealed = sealer.seal(payload->view(), storage::keys::outbox_message(message.id));
  return message;
}

}  // namespace portcullis::outbound
