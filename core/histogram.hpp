#pragma once
// Counts of values by size, for the metrics: fixed upper bounds, one count for each, and one for values above all of
// them. add() and read() from any thread; a reading may lack a value that is being added.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace portcullis {

class Histogram {
 public:
  static constexpr std::size_t most_bounds = 16;

  /// `bounds`: ascending, at most 16, living as long as the histogram.
  explicit Histogram(std::span<const std::uint64_t> bounds) noexcept
      : bounds_(bounds.first(std::min(bounds.size(), most_bounds))) {}

  void add(std::uint64_t value) noexcept {
    std::size_t at = 0;
    while (at < bounds_.size() && value > bounds_[at]) ++at;
    counts_[at].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }

  struct Reading {
    std::span<const std::uint64_t> bounds;
    std::array<std::uint64_t, most_bounds + 1> counts{};  ///< counts[i]: at most bounds[i], above bounds[i - 1]
    std::uint64_t sum = 0;

    /// Adds another reading of the same bounds.
    void add(const Reading& other) noexcept;
    [[nodiscard]] std::uint64_t total() const noexcept;
  };
  [[nodiscard]] Reading read() const noexcept;

 private:
  std::span<const std::uint64_t> bounds_;
  std::array<std::atomic<std::uint64_t>, most_bounds + 1> counts_{};
  std::atomic<std::uint64_t> sum_{0};
};

/// Bounds for durations in microseconds: 100 us to 10 s.
inline constexpr std::array<std::uint64_t, 16> duration_bounds{
    100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000};
/// Bounds for batch sizes: 1 to 1024.
inline constexpr std::array<std::uint64_t, 11> batch_bounds{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

}  // namespace portcullis
