#pragma once
// Latencies in the bucket layout of HdrHistogram (hdrhistogram.org): three significant digits from 1 us to 120 s.
// Written here because Debian has no package of its C library. A plain value; one thread at a time.

#include <cstdint>
#include <vector>

namespace portcullis::bench {

class Histogram {
 public:
  static constexpr std::uint64_t largest_us = 120'000'000;

  Histogram();
  /// Counts one value in microseconds; values above `largest_us` count as that.
  void record(std::uint64_t value_us);
  /// Adds the counts of `other`.
  void add(const Histogram& other);
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// Exact, microseconds; 0 when empty.
  [[nodiscard]] std::uint64_t max_us() const noexcept { return max_us_; }
  /// The smallest value that `percent` of the values do not exceed, rounded up to the end of its bucket (within 0.1%)
  /// but not above the maximum; microseconds, 0 when empty.
  [[nodiscard]] std::uint64_t percentile_us(double percent) const;

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t max_us_ = 0;
};

}  // namespace portcullis::bench
