#pragma once
// A mail as the outbox keeps it: who, to whom, what, and through which server. Its text form is what a record seals.
// Values; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/secret.hpp"
#include "net/config/config.hpp"

namespace portcullis::outbound {

/// A name for people, and an address.
struct Mailbox {
  std::string name, address;
  friend bool operator==(const Mailbox&, const Mailbox&) = default;
};

/// A mail server, and how it is talked to.
struct SmtpServer {
  std::string host;  ///< a name or an address, without brackets
  std::uint16_t port = 0;
  SmtpSecurity security = SmtpSecurity::none;
  std::string username;  ///< empty = no log-in
  Secret password;
};

/// Where a destination's tries are counted: `smtp.example.com:587`.
[[nodiscard]] std::string host_key(const SmtpServer& server);
/// The host key of the server's own mail, whatever the options name.
inline constexpr std::string_view own_mail = "mail";

/// Text and HTML show the same; UTF-8.
struct Mail {
  Mailbox from, to;
  std::optional<Mailbox> reply_to;
  std::string subject, text, html;
  std::optional<SmtpServer> server;  ///< a project's; empty = the server's own
};

/// What is sealed. Errors: payload_too_large beyond 12 MiB.
[[nodiscard]] result<Secret> to_payload(const Mail& mail);
/// Empty when it is no mail's.
[[nodiscard]] std::optional<Mail> mail_from(const Secret& payload);

/// No control character, no blank, no angle bracket, and an `@` between two parts: fit for an envelope and a header.
[[nodiscard]] bool is_safe_address(std::string_view address) noexcept;

}  // namespace portcullis::outbound
