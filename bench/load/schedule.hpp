#pragma once
// When requests are due: at a fixed rate, whatever became of earlier ones. A plain value.

#include <chrono>
#include <cstdint>

namespace portcullis::bench {

class Schedule {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `rate` a second, more than 0; the first is due at `start`.
  Schedule(Time start, double rate) : start_(start), rate_(rate) {}
  /// When the next one is due. Computed from the start each time, so that rounding errors do not accumulate.
  [[nodiscard]] Time due() const {
    const std::chrono::duration<double> after(static_cast<double>(number_) / rate_);
    return start_ + std::chrono::duration_cast<Time::duration>(after);
  }
  /// The number of requests taken so far.
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
  void take() noexcept { ++number_; }

 private:
  Time start_;
  double rate_;
  std::uint64_t number_ = 0;
};

}  // namespace portcullis::bench
