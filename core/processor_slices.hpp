#pragma once
// Pauses inside work that cannot pause by itself: a library's hash of a second is one call. Once a group of processes
// has used up its CPU quota, the kernel stops all its threads, those that answer requests too; so such work must be
// spread over time.

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <ctime>

namespace portcullis {

/// While it lives, the thread that made it is interrupted every few milliseconds of processor time, at any point of its
/// code, and sleeps so long that its use stays within its share of a processor. A lock that it holds at that moment
/// stays held, for at most a quarter of a second. Where the kernel grants no timer there are no pauses. One for each
/// thread at a time.
class ProcessorSlices {
 public:
  /// The share is `share_beside` while `others`, the number of other threads that need the processor, is above 0.
  ProcessorSlices(double share_alone, double share_beside, const std::atomic<std::uint32_t>& others) noexcept;
  ProcessorSlices(const ProcessorSlices&) = delete;
  ProcessorSlices& operator=(const ProcessorSlices&) = delete;
  ~ProcessorSlices();

  /// How often the thread was paused.
  [[nodiscard]] std::uint32_t pauses() const noexcept { return pauses_.load(std::memory_order_relaxed); }

 private:
  static void stop_here(int) noexcept;

  double alone_;  ///< sleep for each unit of use
  double beside_;
  std::chrono::nanoseconds used_;  ///< processor time at the last pause
  const std::atomic<std::uint32_t>& others_;
  std::atomic<std::uint32_t> pauses_{0};
  timer_t timer_{};
  bool has_timer_ = false;
};

}  // namespace portcullis
