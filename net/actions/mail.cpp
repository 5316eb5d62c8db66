#include "net/actions/mail.hpp"

#include <utility>

#include "net/actions/commit.hpp"
#include "storage/outbox.hpp"

namespace portcullis {
namespace {

/// For the text of an element or an attribute in double quotes.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string shown(const outbound::Mailbox& mailbox) {
  return mailbox.name.empty() ? mailbox.address : mailbox.name + " <" + mailbox.address + ">";
}

}  // namespace

outbound::Mail test_mail(outbound::Mailbox from, outbound::Mailbox to, outbound::Mailbox reply_to) {
  const std::string greeting = "This mail shows that the mail settings are working correctly.";
  const std::string sent_by = "It was sent by";
  const std::string answers_to = "answers go to";
  outbound::Mail mail;
  mail.subject = "Custom SMTP email sample";
  mail.text = greeting + "\n\n" + sent_by + " " + shown(from) + "; " + answers_to + " " + shown(reply_to) + ".\n";
  mail.html = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" + mail.subject +
              "</title>\n</head>\n<body>\n<p>" + greeting + "</p>\n<p>" + sent_by + " " + escaped(shown(from)) + "; " +
              answers_to + " " + escaped(shown(reply_to)) + ".</p>\n</body>\n</html>\n";
  mail.from = std::move(from);
  mail.to = std::move(to);
  mail.reply_to = std::move(reply_to);
  return mail;
}

awaitable<result<std::vector<std::string>>> put_into_outbox(Services& services, std::vector<OutboxMessage> messages) {
  using Ids = std::vector<std::string>;
  Ids ids;
  for (const OutboxMessage& message : messages) ids.push_back(message.id);
  auto make = [messages = std::move(messages), most = services.config.mail.outbox_limit] {
    storage::Change<Ids> nothing_else;
    nothing_else.decide = [](const storage::View&) -> result<storage::Decision<Ids>> {
      return storage::Decision<Ids>{};
    };
    return storage::outbox::with_messages(std::move(nothing_else), messages, most);
  };
  const result<Ids> put = co_await commit<Ids>(services.store.engine(), std::move(make));
  if (!put) co_return put.error();
  co_return ids;
}

}  // namespace portcullis
