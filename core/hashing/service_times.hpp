#pragma once
// How long a hash takes now: an exponentially weighted moving average (EWMA) for each cost class, learned from the
// hashes that ran. The pool's lock guards it.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>

#include "core/hashing/pool.hpp"

namespace portcullis {

class HashEstimates {
 public:
  using Duration = std::chrono::nanoseconds;

  HashEstimates() = default;
  explicit HashEstimates(std::function<Duration(const CostClass&)> first_guess);

  /// Predicted service time. For a class that has not run yet, scaled from those that have, or a guess.
  [[nodiscard]] Duration expected(const CostClass& cost) const;
  /// What is assumed of a class before any hash has run. Always the same.
  [[nodiscard]] Duration guessed(const CostClass& cost) const;
  /// Learns nothing when there is no memory for the class.
  void learn(const CostClass& cost, Duration took, Steady now) noexcept;
  /// True when no hash of this class ran lately: its estimate may be a guess, or stem from a short slow period.
  [[nodiscard]] bool is_stale(const CostClass& cost, Steady now) const;

 private:
  struct Average {
    Duration mean{0};
    std::uint32_t samples = 0;
    Steady last{};
  };
  static void add(Average& average, Duration sample);

  Average* average_of(const CostClass& cost) noexcept;

  std::function<Duration(const CostClass&)> first_guess_;
  std::map<CostClass, Average> classes_;  ///< bounded: imported hashes may bring any cost
  Average per_kib_pass_;                  ///< of Argon2, to scale predictions by
};

}  // namespace portcullis
