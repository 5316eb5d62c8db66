#pragma once
// All that leaves by itself: the transports and the thread that sends. Built by the composition root of a server; a
// process that only runs a command has none.

#include "net/outbound/couriers.hpp"
#include "net/outbound/sender.hpp"

namespace portcullis {

class Outbound {
 public:
  /// Starts the thread. What it refers to outlives it. Throws std::runtime_error with a sentence for people.
  Outbound(const Config& config, storage::Engine& engine, const crypto::Sealer& sealer, outbound::Bell& bell,
           const Clock& clock, Random& random, Log& log)
      : couriers_(config, clock),
        sender_({engine, sealer, couriers_, bell, clock, random, log, config.mail.outbox_limit}) {
    sender_.start();
  }
  void stop() { sender_.stop(); }
  [[nodiscard]] const outbound::SenderCounts& counts() const noexcept { return sender_.counts(); }

 private:
  outbound::Couriers couriers_;
  outbound::Sender sender_;
};

}  // namespace portcullis
