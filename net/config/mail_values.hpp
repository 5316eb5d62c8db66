#pragma once
// Readers of the values of mail's options. Each throws BadOption naming the option and what it takes.

#include <string>

#include "net/config/options.hpp"

namespace portcullis::config_values {

/// A host name or an address, without scheme and port; an IPv6 address with or without brackets.
[[nodiscard]] std::string mail_host(const std::string& option, const std::string& text);
[[nodiscard]] SmtpSecurity smtp_security(const std::string& option, const std::string& text);
/// `NAME <ADDRESS>` or `ADDRESS`.
void read_sender(const std::string& option, const std::string& text, MailConfig& mail);
/// A file that can be read and that others cannot: mode 0600 or 0640.
[[nodiscard]] std::string secret_file(const std::string& option, const std::string& path);
/// Throws what no single option of mail can tell.
void validate_mail(const Config& config);

}  // namespace portcullis::config_values
