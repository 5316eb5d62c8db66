#pragma once
// Counts of what the hash pool has done and refused, for the metrics. The pool's lock guards the maps; histograms are
// thread-safe.

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string_view>

#include "core/hashing/pool.hpp"
#include "core/histogram.hpp"

namespace portcullis {

[[nodiscard]] std::string_view name(HashRefusal reason) noexcept;

class HashCounters {
 public:
  using Duration = std::chrono::nanoseconds;

  void refused(HashRefusal reason, std::size_t hashes) noexcept {
    refusals_[static_cast<std::size_t>(reason)] += hashes;
  }
  /// Reserves the entry, so that joined() of that cost allocates nothing later.
  void expects(const CostClass& cost) { in_flight_.try_emplace(cost, 0U); }
  void joined(const CostClass& cost, std::size_t hashes, Duration predicted_wait);
  /// A job has left the queue: it ran or was dropped.
  void left(const CostClass& cost);
  void began(Duration waited) { wait_.add(micros(waited)); }
  void ran(Duration took) { service_.add(micros(took)); }
  /// Everything but what only the queue and the threads know.
  [[nodiscard]] HashPoolStats read() const;

 private:
  [[nodiscard]] static std::uint64_t micros(Duration d) noexcept {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, d.count() / 1000));
  }

  std::array<std::uint64_t, hash_refusals> refusals_{};
  std::map<CostClass, std::uint32_t> in_flight_;
  Histogram predicted_{duration_bounds};
  Histogram wait_{duration_bounds};
  Histogram service_{duration_bounds};
};

}  // namespace portcullis
