#pragma once
// Fixed-window counters in a fixed-size table (default 8 MiB), keyed by SipHash under a random key. Windows are aligned
// to the epoch. A flood of fresh keys cannot evict an exhausted window: it evicts expired and little-used ones, and
// where a whole bucket is exhausted and running, a fresh key is refused until the first of them ends. That is the safe
// side: to fill a bucket under the unknown hash key an attacker must exhaust about the whole table, and then guessing
// stays closed. Thread-safe; never blocks for long.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/random.hpp"
#include "core/time.hpp"

namespace portcullis {

struct LimitRule {
  std::uint32_t limit = 10;
  std::uint32_t window_s = 3600;
};

struct LimitVerdict {
  bool allowed = true;
  std::uint32_t limit = 0;
  std::uint32_t remaining = 0;  ///< max(0, limit - count - 1), count before this hit
  std::int64_t reset_epoch_s = 0;
};

class Limiter {
 public:
  Limiter(std::size_t table_bytes, Random& random);
  ~Limiter();
  /// Counts one hit unless the window is exhausted (a refused one is not counted).
  LimitVerdict hit(std::string_view key, LimitRule rule, Time now);
  /// The verdict a hit would get, without counting.
  [[nodiscard]] LimitVerdict peek(std::string_view key, LimitRule rule, Time now) const;
  void reset(std::string_view key, LimitRule rule, Time now);
  /// Every running window above a quarter of its limit (the fullest 32768), with the hash key, as one blob that takes
  /// the place of the blob before; empty when none of them changed since the last call.
  [[nodiscard]] std::string save(Time now);
  /// Reloads a saved blob into a fresh table, before the first hit: the saved hash key becomes this table's key and
  /// counts of the time before are forgotten. Foreign or stale content is ignored.
  void load(std::string_view blob, Time now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace portcullis
