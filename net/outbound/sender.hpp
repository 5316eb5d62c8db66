#pragma once
// The outbound thread: takes from the outbox what is due, tries it, and writes down what came of it. A message is
// settled after its try, so that a process that dies in between tries it again: at least once.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "core/crypto/seal.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "net/outbound/bell.hpp"
#include "net/outbound/schedule.hpp"
#include "net/outbound/transports.hpp"
#include "storage/outbox.hpp"

namespace portcullis::outbound {

/// Since the start. Read by any thread.
struct SenderCounts {
  std::atomic<std::uint64_t> sent{0}, failed{0}, dead{0}, dropped{0}, put_off{0};
  std::atomic<std::uint64_t> running{0};
};

/// What the sender works with; all outlive it.
struct SenderParts {
  storage::Engine& engine;
  const crypto::Sealer& sealer;
  Transports& transports;
  Bell& bell;
  const Clock& clock;
  Random& random;
  Log& log;
  std::uint64_t most_ended = 1000000;  ///< records of messages that have ended
};

class Sender {
 public:
  explicit Sender(const SenderParts& parts) : parts_(parts) {}
  ~Sender() { stop(); }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  void start();
  /// Begins nothing more, waits a while for what is on its way, joins. What had no outcome is tried again by the next
  /// process. Idempotent.
  void stop();
  [[nodiscard]] const SenderCounts& counts() const noexcept { return counts_; }

  // The thread's steps, for tests that have no thread.
  /// Reads the hosts of all messages that wait.
  void look_for_hosts();
  /// Begins what may begin now.
  void begin_due();
  /// Lets tries go on and writes down their outcomes; `at_most`: waits for one so long.
  void take_outcomes(std::chrono::milliseconds at_most);

 private:
  void run();
  void work();
  void begin_of(const std::string& host_mark);
  /// Decides about one message that is due; true: a try has begun.
  bool begin(const storage::outbox::DueMessage& due, const std::string& host_mark);
  void settle_later(const OutboxMessage& message, MessageState state, Time at, std::string why, bool tried);
  void after(const Outcome& outcome);
  void write_down();
  void forget();
  [[nodiscard]] std::chrono::milliseconds until_next() const;
  [[nodiscard]] std::uint32_t jitter();
  void trouble(const error& why);

  SenderParts parts_;
  Schedule schedule_;
  SenderCounts counts_;
  std::map<std::string, OutboxMessage> on_their_way_;  ///< without what is sealed
  std::vector<storage::outbox::Settlement> settled_;   ///< not written down yet
  std::vector<std::string> ended_;                     ///< messages whose tries those were
  std::set<std::string> failing_;                      ///< those of them whose host did not answer
  Time look_again_at_{}, forget_at_{};
  bool troubled_ = false;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace portcullis::outbound
