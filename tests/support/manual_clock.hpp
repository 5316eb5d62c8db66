#pragma once
// The clock that tests move. Any thread.

#include <atomic>
#include <chrono>
#include <cstdint>

#include "core/clock.hpp"

namespace portcullis::test {

/// Stands still until it is advanced: the time of day and, unless that is to be the system's, the steady time too.
class ManualClock final : public Clock {
 public:
  enum class SteadyTime : bool { stands, runs };
  explicit ManualClock(SteadyTime steady_time = SteadyTime::stands) : steady_time_(steady_time) {}

  [[nodiscard]] Time now() const override { return start + std::chrono::floor<std::chrono::milliseconds>(passed()); }
  [[nodiscard]] Steady steady() const override {
    if (steady_time_ == SteadyTime::runs) return SystemClock{}.steady();
    return Steady{std::chrono::hours(1) + passed()};
  }
  void advance(std::chrono::nanoseconds by) { passed_ += by.count(); }

  static constexpr Time start = from_millis(1'700'000'000'000);

 private:
  [[nodiscard]] std::chrono::nanoseconds passed() const { return std::chrono::nanoseconds(passed_.load()); }
  SteadyTime steady_time_;
  std::atomic<std::int64_t> passed_{0};
};

}  // namespace portcullis::test
