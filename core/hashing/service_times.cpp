#include "core/hashing/service_times.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace portcullis {
namespace {

constexpr std::size_t most_classes = 64;
/// The weight of the moving average: it follows a change within about this many hashes.
constexpr std::uint32_t memory_of_average = 8;
/// Before anything has run: a slow machine's time for 1 KiB and one pass, so that early predictions are not too short.
constexpr std::chrono::nanoseconds first_kib_pass{600};
constexpr std::chrono::milliseconds first_foreign{50};
constexpr std::chrono::seconds stale_after{2};

HashEstimates::Duration::rep kib_passes(const CostClass& cost) {
  const std::uint64_t product = std::uint64_t{cost.memory_kib} * cost.passes;
  return static_cast<HashEstimates::Duration::rep>(std::clamp<std::uint64_t>(product, 1, std::uint64_t{1} << 32U));
}

}  // namespace

HashEstimates::HashEstimates(std::function<Duration(const CostClass&)> first_guess)
    : first_guess_(std::move(first_guess)) {}

HashEstimates::Duration HashEstimates::expected(const CostClass& cost) const {
  const auto known = classes_.find(cost);
  if (known != classes_.end()) return known->second.mean;
  if (cost.kind != 0 || per_kib_pass_.samples == 0) return guessed(cost);
  return per_kib_pass_.mean * kib_passes(cost);
}

HashEstimates::Duration HashEstimates::guessed(const CostClass& cost) const {
  if (first_guess_) return first_guess_(cost);
  return cost.kind != 0 ? Duration(first_foreign) : first_kib_pass * kib_passes(cost);
}

void HashEstimates::add(Average& average, Duration sample) {
  average.samples = std::min(average.samples + 1, memory_of_average);
  average.mean += (sample - average.mean) / static_cast<Duration::rep>(average.samples);
}

HashEstimates::Average* HashEstimates::average_of(const CostClass& cost) noexcept {
  const auto known = classes_.find(cost);
  if (known != classes_.end()) return &known->second;
  if (classes_.size() >= most_classes) {
    const auto older = [](const auto& a, const auto& b) { return a.second.last < b.second.last; };
    classes_.erase(std::min_element(classes_.begin(), classes_.end(), older));
  }
  try {
    return &classes_.emplace(cost, Average{}).first->second;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void HashEstimates::learn(const CostClass& cost, Duration took, Steady now) noexcept {
  if (cost.kind == 0) add(per_kib_pass_, took / kib_passes(cost));
  Average* const average = average_of(cost);
  if (average == nullptr) return;
  add(*average, took);
  average->last = now;
}

bool HashEstimates::is_stale(const CostClass& cost, Steady now) const {
  const auto known = classes_.find(cost);
  return known == classes_.end() || now - known->second.last > stale_after;
}

}  // namespace portcullis
