#pragma once
// What the sender sends with, as it sees it: tries begin, and sooner or later each has an outcome. One thread, but for
// wake().

#include <chrono>
#include <string>
#include <vector>

#include "core/outbox.hpp"
#include "core/secret.hpp"
#include "policies/outbox_policy.hpp"

namespace portcullis::outbound {

/// What became of one try.
struct Outcome {
  std::string id;
  policies::TryResult result = policies::TryResult::failed;
  std::string words;           ///< ours, with the receiver's status code: nothing of what it said, which may quote us
  bool host_answered = false;  ///< there was a conversation: the host itself is well
};

class Transports {
 public:
  virtual ~Transports() = default;
  /// Begins a try of the message; its outcome comes from wait().
  virtual void start(const OutboxMessage& message, Secret payload) = 0;
  /// Lets the tries go on, until some have outcomes, wake() is called or the time is over.
  [[nodiscard]] virtual std::vector<Outcome> wait(std::chrono::milliseconds at_most) = 0;
  /// Ends a wait; from any thread.
  virtual void wake() noexcept = 0;
  /// Ends all tries without outcomes.
  virtual void abandon() = 0;
};

}  // namespace portcullis::outbound
