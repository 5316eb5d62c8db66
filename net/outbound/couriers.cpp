#include "net/outbound/couriers.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "net/outbound/mail_file.hpp"
#include "net/outbound/mime.hpp"

namespace portcullis::outbound {
namespace {

using policies::TryResult;

Secret read_password(const std::filesystem::path& file) {
  if (file.empty()) return {};
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad() || !in.is_open()) throw std::runtime_error("--smtp-password-file: " + file.string() + " cannot be read");
  const std::size_t end = text.find_first_of("\r\n");
  const Secret password(std::string_view(text).substr(0, end));
  wipe(text);
  if (password.empty()) throw std::runtime_error("--smtp-password-file: " + file.string() + " is empty");
  return password.clone();
}

/// The first name that the server is known by, else the domain that it sends from.
std::string hello_of(const Config& config) {
  const std::string host = config.public_url.substr(0, config.public_url.find(','));
  if (!host.empty()) return host;
  const std::size_t at = config.mail.sender_address.rfind('@');
  return at == std::string::npos ? "localhost" : config.mail.sender_address.substr(at + 1);
}

bool is_loopback(const std::string& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

}  // namespace

std::uint16_t smtp_port(const MailConfig& config) noexcept {
  if (config.smtp_port != 0) return config.smtp_port;
  switch (config.smtp_security) {
    case SmtpSecurity::none:
      return 25;
    case SmtpSecurity::tls:
      return 587;  // RFC 6409
    case SmtpSecurity::ssl:
      return 465;  // RFC 8314
  }
  return 25;
}

Couriers::Couriers(const Config& config, const Clock& clock)
    : config_(config.mail),
      clock_(clock),
      own_{config_.smtp_host, smtp_port(config_), config_.smtp_security, config_.smtp_username,
           read_password(config_.smtp_password_file)},
      options_{hello_of(config), config_.smtp_ca_file},
      projects_may_go_inside_(config_.allow_private_smtp.value_or(is_loopback(config.listen.host))) {}

void Couriers::start(const OutboxMessage& message, Secret payload) {
  if (message.kind != MessageKind::mail) return ended(message, TryResult::failed, "there is nothing to send it with");
  const std::optional<Mail> mail = mail_from(payload);
  if (!mail) return ended(message, TryResult::refused, "cannot be read");
  if (!is_safe_address(mail->from.address) || !is_safe_address(mail->to.address))
    return ended(message, TryResult::refused, "an address is none");
  start_mail(message, *mail);
}

void Couriers::start_mail(const OutboxMessage& message, const Mail& mail) {
  std::string data = mime(mail, message.id, message.created_at);
  if (!mail.server && !config_.file.empty()) {
    append(message, data);
    return wipe(data);
  }
  if (!mail.server && own_.host.empty()) {
    wipe(data);
    return ended(message, TryResult::failed, "there is no mail server (--smtp-host)");
  }
  const SmtpServer& server = mail.server ? *mail.server : own_;
  const Peer peer = !mail.server ? Peer::trusted : projects_may_go_inside_ ? Peer::stranger : Peer::outsider;
  transfers_.start(smtp_transfer(message.id, server, mail.from, mail.to, std::move(data), options_), peer);
}

void Couriers::append(const OutboxMessage& message, const std::string& data) {
  std::string entry = mbox_entry(data, clock_.now());
  const bool written = append_to_file(config_.file, entry);
  wipe(entry);
  ended(message, written ? TryResult::accepted : TryResult::failed,
        written ? "in the file" : "the file of --mail-file cannot be written");
}

void Couriers::ended(const OutboxMessage& message, TryResult result, std::string words) {
  at_once_.push_back({message.id, result, std::move(words), true});
}

std::vector<Outcome> Couriers::wait(std::chrono::milliseconds at_most) {
  std::vector<Outcome> outcomes = std::exchange(at_once_, {});
  std::vector<Outcome> more = transfers_.wait(outcomes.empty() ? at_most : std::chrono::milliseconds(0));
  outcomes.insert(outcomes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return outcomes;
}

}  // namespace portcullis::outbound
