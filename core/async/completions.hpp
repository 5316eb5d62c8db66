#pragma once
// Coroutines that left their thread (core/async/offload.hpp) and whose results are known.

#include <cstddef>
#include <memory>
#include <utility>

namespace portcullis {

class CompletionQueue;

/// Coroutines that are resumed together, in order on each context: each thread is woken once for all of its own.
class Completions {
 public:
  /// One waiting coroutine with its result.
  class Waiting {
   public:
    explicit Waiting(CompletionQueue& queue) noexcept : queue_(queue) {}
    virtual ~Waiting() = default;
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

   private:
    friend class Completions;
    virtual void resume() = 0;  ///< on the thread of its completion queue
    CompletionQueue& queue_;
    std::unique_ptr<Waiting> next_;
  };

  Completions() = default;
  Completions(Completions&& other) noexcept
      : first_(std::move(other.first_)),
        last_(std::exchange(other.last_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  Completions& operator=(Completions&&) = delete;
  ~Completions() { clear(); }

  void add(std::unique_ptr<Waiting> waiting) noexcept;
  void add(Completions others) noexcept;
  /// Resumes all that were added, each on its context. Where there is no memory for some of them it destroys these,
  /// resumes the others, and throws.
  void post();

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Resumes the first one, on this thread; there must be one.
  void resume_first();
  void clear() noexcept;  ///< the coroutines are destroyed

 private:
  [[nodiscard]] std::unique_ptr<Waiting> take_first() noexcept;
  [[nodiscard]] Completions take_all_of(const CompletionQueue& queue) noexcept;

  std::unique_ptr<Waiting> first_;
  Waiting* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace portcullis
