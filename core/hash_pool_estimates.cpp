#include "core/hash_pool_estimates.hpp"

#include <algorithm>

namespace portcullis {
namespace {

constexpr std::size_t most_classes = 64;
/// The average follows a change within about this many hashes.
constexpr std::uint32_t memory_of_average = 8;
/// Before anything ran: a slow machine's time for 1 KiB and one pass, so that early promises are kept.
constexpr std::chrono::nanoseconds first_kib_pass{600};
constexpr std::chrono::milliseconds first_foreign{50};
constexpr std::chrono::seconds stale_after{2};

HashEstimates::Duration::rep kib_passes(const CostClass& cost) {
  const std::uint64_t product = std::uint64_t{cost.memory_kib} * cost.passes;
  return static_cast<HashEstimates::Duration::rep>(std::clamp<std::uint64_t>(product, 1, std::uint64_t{1} << 32U));
}

}  // namespace

HashEstimates::Duration HashEstimates::expected(const CostClass& cost) const {
  const auto known = classes_.find(cost);
  if (known != classes_.end()) return known->second.mean;
  if (cost.kind != 0) return first_foreign;
  const Duration unit = per_kib_pass_.samples == 0 ? first_kib_pass : per_kib_pass_.mean;
  return unit * kib_passes(cost);
}

void HashEstimates::add(Average& average, Duration sample) {
  average.samples = std::min(average.samples + 1, memory_of_average);
  average.mean += (sample - average.mean) / static_cast<Duration::rep>(average.samples);
}

void HashEstimates::learn(const CostClass& cost, Duration took, Steady now) {
  if (cost.kind == 0) add(per_kib_pass_, took / kib_passes(cost));
  auto known = classes_.find(cost);
  if (known == classes_.end()) {
    if (classes_.size() >= most_classes) {
      const auto older = [](const auto& a, const auto& b) { return a.second.last < b.second.last; };
      classes_.erase(std::min_element(classes_.begin(), classes_.end(), older));
    }
    known = classes_.emplace(cost, Average{}).first;
  }
  add(known->second, took);
  known->second.last = now;
}

bool HashEstimates::is_stale(const CostClass& cost, Steady now) const {
  const auto known = classes_.find(cost);
  return known == classes_.end() || now - known->second.last > stale_after;
}

}  // namespace portcullis
