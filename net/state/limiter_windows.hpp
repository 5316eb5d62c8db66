#pragma once
// A table of windows: buckets of eight slots under striped locks. A running window is never evicted; when a bucket is
// full, the call says so. Any thread; no lock is held outside a call.

#include <algorithm>
#include <array>
#include <cstdint>
#include <mutex>
#include <vector>

#include "net/state/limiter_sketch.hpp"

namespace portcullis {

/// One window in the form in which it is saved. A tag of 0 is an empty slot.
struct LimitSlot {
  std::uint64_t tag = 0;
  std::uint32_t start_s = 0;
  std::uint32_t window_s = 0;
  std::uint32_t count = 0;
  std::uint32_t limit = 0;
  std::uint32_t failed = 0;  ///< hits known to have failed; a reset keeps them
  Payers payers;             ///< the shares it is charged to, if any

  [[nodiscard]] std::int64_t end_s() const noexcept { return std::int64_t{start_s} + window_s; }
  [[nodiscard]] bool is_running(std::int64_t now_s) const noexcept { return tag != 0 && end_s() > now_s; }
  [[nodiscard]] bool is_hot() const noexcept { return std::uint64_t{count} * 4 > limit; }
  /// True when it is fuller than another, as a fraction of the limit.
  [[nodiscard]] bool fuller_than(const LimitSlot& other) const noexcept {
    return std::uint64_t{count} * other.limit > std::uint64_t{other.count} * limit;
  }
};
static_assert(sizeof(LimitSlot) == 32);

/// Identifies a window: key and time.
struct WindowId {
  std::uint64_t tag = 0;
  std::uint32_t start_s = 0;
  std::uint32_t window_s = 1;
};

class LimitWindows {
 public:
  explicit LimitWindows(std::size_t bytes)
      : buckets_(std::clamp<std::size_t>(bytes / sizeof(Bucket), 1, std::size_t{1} << 31U)) {}

  [[nodiscard]] std::size_t slots() const noexcept { return buckets_.size() * slots_per_bucket; }

  /// Calls `use(slot)` on the key's window under the lock; false when there is none. A window that began later than
  /// asked is used, too: a clock that was set back reopens nothing.
  template <class Use>
  bool with(const WindowId& id, Use use) {
    const std::size_t index = bucket_of(id.tag);
    const std::lock_guard lock(mutex_of(index));
    LimitSlot* const slot = find(buckets_[index], id);
    if (slot == nullptr) return false;
    use(*slot);
    return true;
  }

  enum class Made : std::uint8_t { none, found, made };
  /// The same; when there is none, the window is made from `fresh` in an empty slot or in that of an ended window.
  template <class Use>
  Made with_or_make(const WindowId& id, const LimitSlot& fresh, std::int64_t now_s, Use use) {
    const std::size_t index = bucket_of(id.tag);
    const std::lock_guard lock(mutex_of(index));
    Bucket& bucket = buckets_[index];
    LimitSlot* slot = find(bucket, id);
    const Made made = slot == nullptr ? Made::made : Made::found;
    if (slot == nullptr) slot = free_slot(bucket, now_s);
    if (slot == nullptr) return Made::none;
    if (made == Made::made) *slot = fresh;
    use(*slot);
    return made;
  }

  /// Calls `use(slot)` on every slot, one bucket at a time under its lock.
  template <class Use>
  void each(Use use) {
    for (std::size_t index = 0; index < buckets_.size(); ++index) {
      const std::lock_guard lock(mutex_of(index));
      for (LimitSlot& slot : buckets_[index]) use(slot);
    }
  }

 private:
  static constexpr std::size_t slots_per_bucket = 8;
  static constexpr std::size_t stripe_count = 64;
  using Bucket = std::array<LimitSlot, slots_per_bucket>;
  struct alignas(64) Stripe {
    std::mutex mutex;
  };

  [[nodiscard]] std::size_t bucket_of(std::uint64_t tag) const noexcept {
    return static_cast<std::size_t>(((tag >> 32U) * buckets_.size()) >> 32U);
  }
  [[nodiscard]] std::mutex& mutex_of(std::size_t bucket) noexcept { return stripes_[bucket % stripe_count].mutex; }
  [[nodiscard]] static LimitSlot* find(Bucket& bucket, const WindowId& id) noexcept {
    for (LimitSlot& slot : bucket)
      if (slot.tag == id.tag && slot.window_s == id.window_s && slot.start_s >= id.start_s) return &slot;
    return nullptr;
  }
  [[nodiscard]] static LimitSlot* free_slot(Bucket& bucket, std::int64_t now_s) noexcept {
    for (LimitSlot& slot : bucket)
      if (!slot.is_running(now_s)) return &slot;
    return nullptr;
  }

  std::vector<Bucket> buckets_;
  std::array<Stripe, stripe_count> stripes_;
};

}  // namespace portcullis
