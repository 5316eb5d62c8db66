// Mail through a mail server of the project's own. Source: docs/contract/smtp-templates.md 1.

#include <utility>

#include "net/actions/mail.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/wire/mail_rules.hpp"

namespace portcullis::api {
namespace {

using http::Method;
namespace r = rules;

/// What older clients send with the recipients: a whole mail server.
struct TestMails {
  std::vector<std::string> emails;
  std::string host, username, secure, sender_name, sender_email, reply_to;
  std::int64_t port = 0;
  Secret password;

  static Inputs params() {
    using In = TestMails;
    return inputs<In>(
        {required("emails", r::ten_emails, &In::emails), optional("senderName", r::mailbox_name, &In::sender_name),
         optional("senderEmail", r::email_or_empty, &In::sender_email),
         optional("replyTo", r::email_or_empty, &In::reply_to), optional("host", r::mail_host_or_empty, &In::host),
         optional("port", r::port_or_zero, &In::port), optional("username", r::mailbox_name, &In::username),
         optional("password", r::any_password, &In::password),
         optional("secure", r::smtp_secure_or_empty, &In::secure)});
  }
};

/// In the contract's order.
result<void> check_settings(const TestMails& input) {
  constexpr auto invalid = errc::general_argument_invalid;
  if (input.host.empty()) return error(invalid, "host", "given while the project has no SMTP settings that are on");
  if (input.sender_email.empty()) return error(invalid, "senderEmail", "given");
  if (input.port == 0) return error(invalid, "port", "given");
  return {};
}

outbound::SmtpServer server_of(const TestMails& input) {
  outbound::SmtpServer server;
  server.host = input.host;
  server.port = static_cast<std::uint16_t>(input.port);
  server.security = input.secure == "tls"   ? SmtpSecurity::tls
                    : input.secure == "ssl" ? SmtpSecurity::ssl
                                            : SmtpSecurity::none;
  server.username = input.username;
  server.password = input.password.clone();
  return server;
}

awaitable<result<Answer>> send_test_mails(Services& svc, const Call& call, const TestMails& input) {
  const result<void> usable = check_settings(input);
  if (!usable) co_return usable.error();
  const outbound::Mailbox from{input.sender_name, input.sender_email};
  const outbound::Mailbox reply_to{input.sender_name, input.reply_to.empty() ? input.sender_email : input.reply_to};
  std::vector<OutboxMessage> messages;
  for (const std::string& email : input.emails) {
    outbound::Mail mail = test_mail(from, {"", email}, reply_to);
    mail.server = server_of(input);
    const outbound::MessageOrder order{"smtp_test", call.project(), call.live_project->project.id, call.now};
    result<OutboxMessage> message = outbound::compose(mail, order, svc.sealer, svc.random);
    if (!message) co_return message.error();
    messages.push_back(std::move(*message));
  }
  if (messages.empty()) co_return Answer{};
  const std::size_t count = messages.size();
  const result<std::vector<std::string>> put = co_await put_into_outbox(svc, std::move(messages));
  if (!put) co_return put.error();
  log_security(svc, call, "smtp_test", "ok", {}, std::to_string(count) + " mails " + call.by());
  co_return Answer{};
}

}  // namespace

std::vector<Route> project_smtp_rows() {
  return of_service(Service::project, {{.method = Method::post,
                                        .path = "/v1/project/smtp/tests",
                                        .aliases = {"/v1/projects/:projectId/smtp/tests"},
                                        .name = "projectCreateSMTPTest",
                                        .scopes = {"project.write"},
                                        .answers = {204},
                                        .handler = operation<send_test_mails>()}});
}

}  // namespace portcullis::api
