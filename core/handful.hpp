#pragma once
// A handful: coroutines that a thread resumes one after the other (core/offload.hpp). What they hand to another thread
// together is worth one wake-up of it.

#include <condition_variable>

namespace portcullis {

/// Notifies one who waits: at once, or, within a handful, once when the calling thread has resumed all of it.
/// `sleeper` must live until then.
void notify_after_handful(std::condition_variable& sleeper) noexcept;

/// While it lives, the calling thread is within a handful. Within another one it changes nothing.
class Handful {
 public:
  Handful() noexcept;
  ~Handful();
  Handful(const Handful&) = delete;
  Handful& operator=(const Handful&) = delete;

 private:
  bool outermost_;
};

}  // namespace portcullis
