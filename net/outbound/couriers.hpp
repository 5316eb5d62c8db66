#pragma once
// The transports of a server: mail by SMTP or into a file, each message by what it is and says. The outbound thread,
// but for wake().

#include <vector>

#include "core/clock.hpp"
#include "net/config/config.hpp"
#include "net/outbound/mail.hpp"
#include "net/outbound/smtp.hpp"
#include "net/outbound/transfers.hpp"
#include "net/outbound/transports.hpp"

namespace portcullis::outbound {

class Couriers final : public Transports {
 public:
  /// Reads --smtp-password-file. Throws std::runtime_error with a sentence for people.
  Couriers(const Config& config, const Clock& clock);

  void start(const OutboxMessage& message, Secret payload) override;
  [[nodiscard]] std::vector<Outcome> wait(std::chrono::milliseconds at_most) override;
  void wake() noexcept override { transfers_.wake(); }
  void abandon() override { transfers_.abandon(); }

 private:
  void start_mail(const OutboxMessage& message, const Mail& mail);
  void append(const OutboxMessage& message, const std::string& data);
  void ended(const OutboxMessage& message, policies::TryResult result, std::string words);

  MailConfig config_;
  const Clock& clock_;
  SmtpServer own_;
  SmtpOptions options_;
  bool projects_may_go_inside_;
  std::vector<Outcome> at_once_;  ///< of tries that needed no network
  Transfers transfers_;
};

/// The port that --smtp-port leaves to --smtp-secure.
[[nodiscard]] std::uint16_t smtp_port(const MailConfig& config) noexcept;

}  // namespace portcullis::outbound
