#include "bench/load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace portcullis::bench {
namespace {

// Values below 2048 have a bucket each; above, every power of two is divided into 1024 buckets.
constexpr unsigned half_bits = 10;
constexpr std::size_t half = std::size_t{1} << half_bits;

/// The number of low bits of a value that its bucket does not keep.
constexpr unsigned shift_of(std::uint64_t value) {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  return width > half_bits + 1 ? width - half_bits - 1 : 0;
}
constexpr std::size_t index_of(std::uint64_t value) {
  const unsigned shift = shift_of(value);
  return shift * half + static_cast<std::size_t>(value >> shift);
}
constexpr std::uint64_t last_value_of(std::size_t index) {
  if (index < 2 * half) return index;
  const std::size_t shift = index / half - 1;
  return ((std::uint64_t{index - shift * half} + 1) << shift) - 1;
}
constexpr std::size_t buckets = index_of(Histogram::largest_us) + 1;

}  // namespace

Histogram::Histogram() : counts_(buckets) {}

void Histogram::record(std::uint64_t value_us) {
  const std::uint64_t value = std::min(value_us, largest_us);
  ++counts_[index_of(value)];
  ++count_;
  max_us_ = std::max(max_us_, value);
}

void Histogram::add(const Histogram& other) {
  for (std::size_t i = 0; i < buckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_us_ = std::max(max_us_, other.max_us_);
}

std::uint64_t Histogram::percentile_us(double percent) const {
  if (count_ == 0) return 0;
  const double share = std::clamp(percent, 0.0, 100.0) / 100 * static_cast<double>(count_);
  const std::uint64_t wanted = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    seen += counts_[i];
    if (seen >= wanted) return std::min(last_value_of(i), max_us_);
  }
  return max_us_;
}

}  // namespace portcullis::bench
