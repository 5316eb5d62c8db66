#pragma once
// A handful: coroutines that a thread resumes one after the other (core/async/completion_queue.hpp). What they hand to
// another thread together is worth one wake-up of it.

#include <array>
#include <condition_variable>
#include <cstddef>

namespace portcullis {

/// Notifies one who waits: at once, or, within a handful, with its notify(). `sleeper` must live until then.
void notify_after_handful(std::condition_variable& sleeper) noexcept;

/// Who is to be notified, once each. It may have pauses, in which its thread does other things.
class Handful {
 public:
  Handful() = default;
  Handful(const Handful&) = delete;
  Handful& operator=(const Handful&) = delete;

  /// Those who were named since the last time. Without it, they are never notified.
  void notify() noexcept;

  /// While it lives, the calling thread is within the handful. Within another one it changes nothing.
  class Within {
   public:
    explicit Within(Handful& handful) noexcept;
    ~Within();
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;

   private:
    bool outermost_;
  };

 private:
  friend void notify_after_handful(std::condition_variable& sleeper) noexcept;

  std::array<std::condition_variable*, 4> sleepers_{};  ///< more different ones are notified at once
  std::size_t count_ = 0;
};

}  // namespace portcullis
