#include "net/limiter.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <span>

#include "core/crypto/digest.hpp"

namespace portcullis {

namespace {

constexpr std::size_t slots_per_bucket = 8;
constexpr std::size_t stripe_count = 64;
constexpr std::size_t saved_windows = 32768;
constexpr std::array<char, 8> blob_mark{'P', 'C', 'L', 'I', 'M', 'I', 'T', '1'};

/// One window; also its form in a blob. A tag of 0 is an empty slot.
struct Slot {
  std::uint64_t tag = 0;
  std::uint32_t start_s = 0;
  std::uint32_t window_s = 0;
  std::uint32_t count = 0;
  std::uint32_t limit = 0;

  [[nodiscard]] std::int64_t end_s() const noexcept { return std::int64_t{start_s} + window_s; }
  [[nodiscard]] bool is_running(std::int64_t now_s) const noexcept { return tag != 0 && end_s() > now_s; }
  [[nodiscard]] bool is_exhausted() const noexcept { return count >= limit; }
  [[nodiscard]] bool is_hot() const noexcept { return std::uint64_t{count} * 4 > limit; }
  /// Fuller than another, as a share of the limit.
  [[nodiscard]] bool fuller_than(const Slot& other) const noexcept {
    return std::uint64_t{count} * other.limit > std::uint64_t{other.count} * limit;
  }
};
static_assert(sizeof(Slot) == 24);
using Bucket = std::array<Slot, slots_per_bucket>;
using HashKey = std::array<std::uint8_t, 16>;

/// `mark, hash key, count` before the windows; a SipHash of all that after them.
struct BlobHead {
  std::array<char, 8> mark = blob_mark;
  HashKey key{};
  std::uint64_t count = 0;
};
static_assert(sizeof(BlobHead) == 32);

std::int64_t seconds_of(Time t) noexcept { return std::max<std::int64_t>(to_millis(t) / 1000, 0); }

struct Window {
  std::uint32_t start_s = 0;
  std::uint32_t window_s = 1;
};

Window window_at(LimitRule rule, std::int64_t now_s) noexcept {
  const std::uint32_t length = std::max<std::uint32_t>(rule.window_s, 1);
  return {static_cast<std::uint32_t>(now_s - now_s % length), length};
}

}  // namespace

struct Limiter::State {
  struct alignas(64) Stripe {
    std::mutex mutex;
  };

  State(std::size_t table_bytes, Random& random)
      : buckets(std::clamp<std::size_t>(table_bytes / sizeof(Bucket), 1, std::size_t{1} << 31U)) {
    HashKey key{};
    random.fill(key);
    adopt(key);
  }

  void adopt(const HashKey& key) noexcept {
    std::uint64_t half = 0;
    std::memcpy(&half, key.data(), 8);
    key_low = half;
    std::memcpy(&half, key.data() + 8, 8);
    key_high = half;
  }
  [[nodiscard]] HashKey key() const noexcept {
    HashKey out{};
    const std::uint64_t low = key_low;
    const std::uint64_t high = key_high;
    std::memcpy(out.data(), &low, 8);
    std::memcpy(out.data() + 8, &high, 8);
    return out;
  }

  [[nodiscard]] std::uint64_t tag_of(std::string_view text) const noexcept {
    return std::max<std::uint64_t>(crypto::siphash(key(), text), 1);
  }
  [[nodiscard]] std::size_t bucket_of(std::uint64_t tag) const noexcept {
    return static_cast<std::size_t>(((tag >> 32U) * buckets.size()) >> 32U);
  }
  [[nodiscard]] std::mutex& mutex_of(std::size_t bucket) noexcept { return stripes[bucket % stripe_count].mutex; }

  std::vector<Bucket> buckets;
  std::array<Stripe, stripe_count> stripes;
  std::atomic<std::uint64_t> key_low{0}, key_high{0};
  std::atomic<bool> hot_changed{false};
};

namespace {

Slot* find(Bucket& bucket, std::uint64_t tag, std::uint32_t window_s) noexcept {
  for (Slot& slot : bucket) {
    if (slot.tag == tag && slot.window_s == window_s) return &slot;
  }
  return nullptr;
}

/// The slot a fresh key may take: an empty or ended one, else the least used that is not exhausted; null when all are.
Slot* claimable(Bucket& bucket, std::int64_t now_s) noexcept {
  Slot* best = nullptr;
  for (Slot& slot : bucket) {
    if (!slot.is_running(now_s)) return &slot;
    if (slot.is_exhausted()) continue;
    if (best == nullptr || best->fuller_than(slot)) best = &slot;
  }
  return best;
}

LimitVerdict verdict_of(std::uint32_t count, std::uint32_t limit, std::int64_t end_s) noexcept {
  LimitVerdict verdict;
  verdict.allowed = count < limit;
  verdict.limit = limit;
  verdict.remaining = verdict.allowed ? limit - count - 1 : 0;
  verdict.reset_epoch_s = end_s;
  return verdict;
}

LimitVerdict bucket_full(const Bucket& bucket, std::uint32_t limit) noexcept {
  const auto first = std::min_element(bucket.begin(), bucket.end(),
                                      [](const Slot& a, const Slot& b) { return a.end_s() < b.end_s(); });
  return verdict_of(limit, limit, first->end_s());
}

}  // namespace

Limiter::Limiter(std::size_t table_bytes, Random& random) : state_(std::make_unique<State>(table_bytes, random)) {}

Limiter::~Limiter() = default;

LimitVerdict Limiter::hit(std::string_view key, LimitRule rule, Time now) {
  State& state = *state_;
  const std::int64_t now_s = seconds_of(now);
  const Window window = window_at(rule, now_s);
  if (rule.limit == 0) return verdict_of(0, 0, std::int64_t{window.start_s} + window.window_s);
  const std::uint64_t tag = state.tag_of(key);
  const std::size_t index = state.bucket_of(tag);
  const std::lock_guard lock(state.mutex_of(index));
  Bucket& bucket = state.buckets[index];
  Slot* slot = find(bucket, tag, window.window_s);
  if (slot == nullptr) {
    slot = claimable(bucket, now_s);
    if (slot == nullptr) return bucket_full(bucket, rule.limit);
    *slot = Slot{tag, window.start_s, window.window_s, 0, rule.limit};
  } else if (slot->start_s < window.start_s) {  // a clock that was set back must not reopen a window
    *slot = Slot{tag, window.start_s, window.window_s, 0, rule.limit};
  }
  const LimitVerdict verdict = verdict_of(slot->count, rule.limit, slot->end_s());
  slot->limit = std::min(slot->limit, rule.limit);
  if (!verdict.allowed) return verdict;
  ++slot->count;
  if (slot->is_hot()) state.hot_changed.store(true, std::memory_order_relaxed);
  return verdict;
}

LimitVerdict Limiter::peek(std::string_view key, LimitRule rule, Time now) const {
  State& state = *state_;
  const std::int64_t now_s = seconds_of(now);
  const Window window = window_at(rule, now_s);
  const std::int64_t fresh_end = std::int64_t{window.start_s} + window.window_s;
  const std::uint64_t tag = state.tag_of(key);
  const std::size_t index = state.bucket_of(tag);
  const std::lock_guard lock(state.mutex_of(index));
  Bucket& bucket = state.buckets[index];
  const Slot* slot = find(bucket, tag, window.window_s);
  if (slot != nullptr) {
    const bool runs = slot->start_s >= window.start_s;
    return verdict_of(runs ? slot->count : 0, rule.limit, runs ? slot->end_s() : fresh_end);
  }
  if (claimable(bucket, now_s) == nullptr) return bucket_full(bucket, rule.limit);
  return verdict_of(0, rule.limit, fresh_end);
}

void Limiter::reset(std::string_view key, LimitRule rule, Time now) {
  State& state = *state_;
  const Window window = window_at(rule, seconds_of(now));
  const std::uint64_t tag = state.tag_of(key);
  const std::size_t index = state.bucket_of(tag);
  const std::lock_guard lock(state.mutex_of(index));
  Slot* slot = find(state.buckets[index], tag, window.window_s);
  if (slot == nullptr) return;
  if (slot->is_hot()) state.hot_changed.store(true, std::memory_order_relaxed);
  *slot = Slot{};
}

std::string Limiter::save(Time now) {
  State& state = *state_;
  if (!state.hot_changed.exchange(false)) return {};
  const std::int64_t now_s = seconds_of(now);
  std::vector<Slot> hot;
  for (std::size_t index = 0; index < state.buckets.size(); ++index) {
    const std::lock_guard lock(state.mutex_of(index));
    for (const Slot& slot : state.buckets[index]) {
      if (slot.is_running(now_s) && slot.is_hot()) hot.push_back(slot);
    }
  }
  if (hot.size() > saved_windows) {
    const auto last = hot.begin() + saved_windows;
    std::nth_element(hot.begin(), last, hot.end(), [](const Slot& a, const Slot& b) { return a.fuller_than(b); });
    hot.erase(last, hot.end());
  }
  BlobHead head;
  head.key = state.key();
  head.count = hot.size();
  std::string blob(sizeof head + hot.size() * sizeof(Slot), '\0');
  std::memcpy(blob.data(), &head, sizeof head);
  if (!hot.empty()) std::memcpy(blob.data() + sizeof head, hot.data(), hot.size() * sizeof(Slot));
  const std::uint64_t check = crypto::siphash(head.key, blob);
  std::array<char, sizeof check> check_bytes{};
  std::memcpy(check_bytes.data(), &check, sizeof check);
  blob.append(check_bytes.data(), check_bytes.size());
  return blob;
}

void Limiter::load(std::string_view blob, Time now) {
  State& state = *state_;
  BlobHead head;
  std::uint64_t check = 0;
  if (blob.size() < sizeof head + sizeof check) return;
  const std::string_view checked = blob.substr(0, blob.size() - sizeof check);
  std::memcpy(&head, checked.data(), sizeof head);
  std::memcpy(&check, blob.data() + checked.size(), sizeof check);
  if (head.mark != blob_mark || head.count > saved_windows) return;
  if (checked.size() != sizeof head + head.count * sizeof(Slot)) return;
  if (crypto::siphash(head.key, checked) != check) return;

  const std::int64_t now_s = seconds_of(now);
  for (std::size_t index = 0; index < state.buckets.size(); ++index) {
    const std::lock_guard lock(state.mutex_of(index));
    state.buckets[index].fill(Slot{});
  }
  state.adopt(head.key);
  for (std::uint64_t i = 0; i < head.count; ++i) {
    Slot saved;
    std::memcpy(&saved, checked.data() + sizeof head + i * sizeof(Slot), sizeof saved);
    const bool from_the_future = std::int64_t{saved.start_s} > now_s;
    if (!saved.is_running(now_s) || saved.window_s == 0 || from_the_future) continue;
    const std::size_t index = state.bucket_of(saved.tag);
    const std::lock_guard lock(state.mutex_of(index));
    Bucket& bucket = state.buckets[index];
    Slot* slot = find(bucket, saved.tag, saved.window_s);
    if (slot == nullptr) slot = claimable(bucket, now_s);
    if (slot != nullptr) *slot = saved;
  }
}

}  // namespace portcullis
