#pragma once
// How long a hash takes here and now: a moving average for each cost class, learned from what ran. The pool's lock
// guards it.

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

  /// Predicted service time; for a class that has not run yet, scaled from what has, or a guess.
  [[nodiscard]] Duration expected(const CostClass& cost) const;
  /// What is known without a hash that ran. Always the same.
  [[nodiscard]] Duration guessed(const CostClass& cost) const;
  /// Without memory for it nothing is learned.
  void learn(const CostClass& cost, Duration took, Steady now) noexcept;
  /// True when nothing of this class ran lately: its estimate may be a guess, or remember a bad moment.
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
  Average per_kib_pass_;                  ///< of Argon2, to scale by
};

}  // namespace portcullis
