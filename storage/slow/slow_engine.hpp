#pragma once
// A test engine: a real engine behind a millisecond a trip and random conflicts (decide runs twice, on changed timing),
// so that nothing above the seam leans on LMDB being local. Asserts that decide is repeatable.

#include <chrono>
#include <memory>

#include "storage/engine.hpp"

namespace portcullis::storage {

struct SlowOptions {
  std::chrono::microseconds trip{1000};
  unsigned conflict_percent = 20;  ///< of changes answer errc::again once, before they reach the engine
  std::uint64_t seed = 1;
};

[[nodiscard]] std::unique_ptr<Engine> make_slow(std::unique_ptr<Engine> inner, SlowOptions options);

}  // namespace portcullis::storage
