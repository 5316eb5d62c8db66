#pragma once
// The only code that asks the machine for the time. Clocks are passed by reference and are thread-safe.

#include <chrono>

#include "core/time.hpp"

namespace portcullis {

using Steady = std::chrono::steady_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time now() const = 0;       ///< wall clock, UTC
  [[nodiscard]] virtual Steady steady() const = 0;  ///< monotonic, for deadlines
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override;
  [[nodiscard]] Steady steady() const override;
};

}  // namespace portcullis
