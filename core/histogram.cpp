#include "core/histogram.hpp"

#include <numeric>

namespace portcullis {

void Histogram::Reading::add(const Reading& other) noexcept {
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  sum += other.sum;
}

std::uint64_t Histogram::Reading::total() const noexcept {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

Histogram::Reading Histogram::read() const noexcept {
  Reading reading;
  reading.bounds = bounds_;
  for (std::size_t i = 0; i < counts_.size(); ++i) reading.counts[i] = counts_[i].load(std::memory_order_relaxed);
  reading.sum = sum_.load(std::memory_order_relaxed);
  return reading;
}

}  // namespace portcullis
