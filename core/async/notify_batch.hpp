#pragma once
// Notifications that a thread collects while it resumes several coroutines (core/async/completion_queue.hpp): what
// these hand to one other thread wakes that thread once.

#include <array>
#include <condition_variable>
#include <cstddef>

namespace portcullis {

/// Notifies the variable at once or, within a batch, when the batch is notified. `sleeper` must live until then.
void notify_after_batch(std::condition_variable& sleeper) noexcept;

/// The condition variables to notify, once each. A batch may be interrupted while its thread does other things.
class NotifyBatch {
 public:
  NotifyBatch() = default;
  NotifyBatch(const NotifyBatch&) = delete;
  NotifyBatch& operator=(const NotifyBatch&) = delete;

  /// Notifies those that were added since the last call. Without this call they are never notified.
  void notify() noexcept;

  /// While it lives, notifications of the calling thread go to the batch. Inside another batch it changes nothing.
  class Within {
   public:
    explicit Within(NotifyBatch& batch) noexcept;
    ~Within();
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;

   private:
    bool outermost_;
  };

 private:
  friend void notify_after_batch(std::condition_variable& sleeper) noexcept;

  std::array<std::condition_variable*, 4> sleepers_{};  ///< further ones are notified at once
  std::size_t count_ = 0;
};

}  // namespace portcullis
