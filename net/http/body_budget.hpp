#pragma once
// The byte budget that large request bodies, and the values parsed from them, share. Bytes count as they arrive, not as
// they are announced. When the budget is used up, slow bodies are evicted, those first that have held the most bytes
// for the longest: a timely body is never cut off in the middle, and slow senders cannot keep others out. The budget:
// any thread. A share: its owner's thread.

#include <atomic>
#include <cstddef>
#include <mutex>
#include <string>

#include "core/clock.hpp"

namespace portcullis::http {

class BodyShare;

class BodyBudget {
 public:
  /// A body up to this size is part of what a connection is expected to take, and is not counted.
  static constexpr std::size_t small_body = 4096;
  /// The same for the values parsed from a body: only a few of them exist at a time, because they do not outlive one
  /// handler's turn on the reactor.
  static constexpr std::size_t small_tree = 64 * 1024;

  BodyBudget(std::size_t bytes, const Clock& clock) noexcept : clock_(clock), free_(bytes) {}
  BodyBudget(const BodyBudget&) = delete;
  BodyBudget& operator=(const BodyBudget&) = delete;
  [[nodiscard]] std::size_t free() const;

 private:
  friend class BodyShare;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::size_t free_;
  BodyShare* first_lent_ = nullptr;
};

/// What one request holds of a budget that outlives it.
class BodyShare {
 public:
  explicit BodyShare(BodyBudget& budget) noexcept : budget_(budget) {}
  ~BodyShare();
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;

  /// To be called before a body takes `bytes`; ends lend(). False when too little budget is left, or the body was
  /// evicted.
  [[nodiscard]] bool hold(std::size_t bytes);
  /// Until the next call, a share that needs budget may evict this one if it is slow: `body` is empty then. Called
  /// while the owner waits.
  void lend(std::string& body) noexcept;
  /// Ends lend(): the owner may read the body, and it is not evicted.
  void keep() noexcept;
  /// A body that is kept is turned into something else, of so many bytes. False when too little budget is left.
  [[nodiscard]] bool resize(std::size_t bytes);
  void give_back() noexcept { shrink(0); }
  /// The body was evicted while it was lent.
  [[nodiscard]] bool was_taken() const noexcept { return taken_.load(std::memory_order_acquire); }
  [[nodiscard]] std::size_t size() const noexcept { return size_.load(std::memory_order_acquire); }

 private:
  [[nodiscard]] bool grow(std::size_t bytes);
  void shrink(std::size_t bytes) noexcept;
  // Under the budget's lock:
  [[nodiscard]] bool is_slow(Steady now) const noexcept;
  [[nodiscard]] double cost(Steady now) const noexcept;              ///< byte seconds
  [[nodiscard]] BodyShare* dearest_slow(Steady now) const noexcept;  ///< null: none is slow
  void give_up() noexcept;
  void take_back() noexcept;

  BodyBudget& budget_;
  std::atomic<std::size_t> size_{0};  ///< changes under the budget's lock
  std::atomic<bool> taken_{false};
  Steady since_{};               ///< when it first held bytes
  std::string* body_ = nullptr;  ///< while it is lent
  BodyShare* next_ = nullptr;
  BodyShare* previous_ = nullptr;
};

}  // namespace portcullis::http
