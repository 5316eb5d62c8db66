#pragma once
// Pauses inside work that cannot pause itself: a library's hash of a second is one call. While a group of processes has
// used up its CPU quota the kernel stops all of it, the threads that answer too, so that such work must be spread.

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <ctime>

namespace portcullis {

/// As long as it lives, the thread that made it is stopped every few milliseconds of processor time, wherever it is
/// then, for as long as makes what it has used its share of a processor. A lock that it holds stays held: at most a
/// quarter of a second. Where the kernel grants no timer nothing is stopped. One at a time a thread.
class ProcessorSlices {
 public:
  /// `others`: are there any who have a claim to the processor? The share depends on it.
  ProcessorSlices(double share_alone, double share_beside, const std::atomic<std::uint32_t>& others) noexcept;
  ProcessorSlices(const ProcessorSlices&) = delete;
  ProcessorSlices& operator=(const ProcessorSlices&) = delete;
  ~ProcessorSlices();

  /// How often the thread was stopped.
  [[nodiscard]] std::uint32_t pauses() const noexcept { return pauses_.load(std::memory_order_relaxed); }

 private:
  static void stop_here(int) noexcept;

  double alone_;  ///< pause for each unit of use
  double beside_;
  std::chrono::nanoseconds used_;  ///< when it was stopped last
  const std::atomic<std::uint32_t>& others_;
  std::atomic<std::uint32_t> pauses_{0};
  timer_t timer_{};
  bool has_timer_ = false;
};

}  // namespace portcullis
