#pragma once
// One mail to one mail server by libcurl: RFC 5321 with STARTTLS (RFC 3207) or TLS from the first byte, log-in by
// PLAIN, LOGIN or CRAM-MD5 (RFC 4954). The outbound thread.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "net/outbound/mail.hpp"
#include "net/outbound/transfers.hpp"

namespace portcullis::outbound {

/// What all connections share.
struct SmtpOptions {
  std::string hello;              ///< the name that EHLO says
  std::filesystem::path ca_file;  ///< empty = the system's
};

/// `data` is mime() of the mail.
[[nodiscard]] std::unique_ptr<Transfer> smtp_transfer(std::string id, const SmtpServer& server, const Mailbox& from,
                                                      const Mailbox& to, std::string data, const SmtpOptions& options);

/// Where in the conversation the last command stood.
enum class SmtpStage : std::uint8_t { greeting, hello, tls, log_in, mail, recipient, data };
/// The stage of a command that goes out; `now` where it is none of those.
[[nodiscard]] SmtpStage stage_of(std::string_view command, SmtpStage now) noexcept;

/// Of a reply of the server, the last line of it: `550 5.1.1 ...`. Its code and, where it has one, its enhanced code
/// (RFC 3463); what else it says is left out.
struct SmtpReply {
  int code = 0;
  std::string enhanced;
};
/// A line as it came, with or without its end. Code 0: it is none, or another line of the same reply follows.
[[nodiscard]] SmtpReply read_reply(std::string_view line);

/// What a try came to: the refusals of a message itself are final, those before it (greeting, log-in) are not.
[[nodiscard]] Outcome smtp_outcome(std::string id, CURLcode code, SmtpStage stage, const SmtpReply& refusal);

}  // namespace portcullis::outbound
