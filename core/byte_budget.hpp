#pragma once
// A budget of bytes that many holders share, so that all of them together hold no more: where too little is left, a
// holder must hold nothing. The budget: any thread.

#include <atomic>
#include <cstddef>

namespace portcullis {

class ByteBudget {
 public:
  explicit ByteBudget(std::size_t bytes) noexcept : free_(bytes) {}

 private:
  friend class BudgetShare;
  [[nodiscard]] bool take(std::size_t bytes) noexcept {
    std::size_t free = free_.load(std::memory_order_relaxed);
    while (free >= bytes)
      if (free_.compare_exchange_weak(free, free - bytes, std::memory_order_relaxed)) return true;
    return false;
  }
  void give_back(std::size_t bytes) noexcept { free_.fetch_add(bytes, std::memory_order_relaxed); }

  std::atomic<std::size_t> free_;
};

/// What one holder has taken of a budget that outlives it; returned when it is destroyed. One thread at a time.
class BudgetShare {
 public:
  explicit BudgetShare(ByteBudget& budget) noexcept : budget_(budget) {}
  ~BudgetShare() {
    if (size_ != 0) budget_.give_back(size_);
  }
  BudgetShare(const BudgetShare&) = delete;
  BudgetShare& operator=(const BudgetShare&) = delete;

  /// False when too little is left: then nothing changes.
  [[nodiscard]] bool grow(std::size_t bytes) noexcept {
    if (bytes <= size_) return true;
    if (!budget_.take(bytes - size_)) return false;
    size_ = bytes;
    return true;
  }
  void shrink(std::size_t bytes) noexcept {
    if (bytes >= size_) return;
    budget_.give_back(size_ - bytes);
    size_ = bytes;
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  ByteBudget& budget_;
  std::size_t size_ = 0;
};

}  // namespace portcullis
