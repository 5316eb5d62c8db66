#include "net/config/mail_values.hpp"

#include <sys/stat.h>

#include <boost/asio/ip/address.hpp>

#include "core/validators.hpp"
#include "net/config/values.hpp"

namespace portcullis::config_values {
std::string mail_host(const std::string& option, const std::string& text) {
  std::string host = validators::ascii_lower(text);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  boost::system::error_code no_address;
  boost::asio::ip::make_address(host, no_address);
  const bool is_name = validators::is_host_pattern(host) && host.find('*') == std::string::npos;
  if (no_address && !is_name) throw BadOption(option, "must be a host name or an address, without scheme or port");
  return host;
}

SmtpSecurity smtp_security(const std::string& option, const std::string& text) {
  if (text == "none") return SmtpSecurity::none;
  if (text == "tls") return SmtpSecurity::tls;
  if (text == "ssl") return SmtpSecurity::ssl;
  throw BadOption(option, "must be none, tls or ssl");
}

void read_sender(const std::string& option, const std::string& text, MailConfig& mail) {
  const std::size_t open = text.rfind('<');
  const bool named = open != std::string::npos && text.back() == '>';
  const std::string address = named ? text.substr(open + 1, text.size() - open - 2) : text;
  const std::string_view name = named ? validators::trimmed(std::string_view(text).substr(0, open)) : "";
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  for (const char c : name)
    if (is_control(c)) throw BadOption(option, "must have no control characters");
  if (!validators::is_email(address)) throw BadOption(option, "must be ADDRESS or NAME <ADDRESS>");
  mail.sender_name = name;
  mail.sender_address = address;
}

std::string secret_file(const std::string& option, const std::string& path) {
  readable_file(option, path);
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0 && (found.st_mode & 0037U) != 0)
    throw BadOption(option, "must be a file that others cannot read (mode 0600 or 0640)");
  return path;
}

void validate_mail(const Config& config) {
  const MailConfig& mail = config.mail;
  if (!mail.smtp_host.empty() && !mail.file.empty())
    throw BadOption("--mail-file", "takes the place of --smtp-host; give one of them");
  if (!mail.smtp_host.empty() && mail.sender_address.empty())
    throw BadOption("--smtp-sender", "is needed with --smtp-host, and is not given");
  if (mail.smtp_username.empty() != mail.smtp_password_file.empty())
    throw BadOption(mail.smtp_username.empty() ? "--smtp-username" : "--smtp-password-file",
                    "is needed for a log-in, and is not given");
}

}  // namespace portcullis::config_values
