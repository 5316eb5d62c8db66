#pragma once
// Coroutines that left their thread (core/async/offload.hpp) and whose results are known.

#include <cstddef>
#include <memory>
#include <utility>

namespace portcullis {

class Inbox;

/// Coroutines that are resumed together, in order on each context: each thread is woken once for all of its own.
class Resumptions {
 public:
  /// One waiting coroutine with its result.
  class Waiting {
   public:
    explicit Waiting(Inbox& inbox) noexcept : inbox_(inbox) {}
    virtual ~Waiting() = default;
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

   private:
    friend class Resumptions;
    virtual void resume() = 0;  ///< on the thread of its completion queue
    Inbox& inbox_;
    std::unique_ptr<Waiting> next_;
  };

  Resumptions() = default;
  Resumptions(Resumptions&& other) noexcept
      : first_(std::move(other.first_)),
        last_(std::exchange(other.last_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  Resumptions& operator=(Resumptions&&) = delete;
  ~Resumptions() { clear(); }

  void add(std::unique_ptr<Waiting> waiting) noexcept;
  void add(Resumptions others) noexcept;
  /// Resumes all that were added, each on its context. Where there is no memory for some of them it destroys these,
  /// resumes the others, and throws.
  void post();

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Resumes the first one, on this thread; there must be one.
  void resume_first();
  void clear() noexcept;  ///< the coroutines are destroyed

 private:
  [[nodiscard]] std::unique_ptr<Waiting> take_first() noexcept;
  [[nodiscard]] Resumptions take_all_of(const Inbox& inbox) noexcept;

  std::unique_ptr<Waiting> first_;
  Waiting* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace portcullis
