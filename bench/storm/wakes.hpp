#pragma once
// The lower bound of every wait for a CPU: how long a bare thread takes to run when another processor wakes it. Linux
// only.

#include <atomic>
#include <cstdint>
#include <thread>

#include "bench/load/histogram.hpp"

namespace portcullis::bench {

/// While it exists, a thread on the last processor of this process wakes a sleeping one on the servers' first processor
/// a hundred times a second; the latter asks for short slices, as reactors do.
class WakeProbe {
 public:
  WakeProbe();
  ~WakeProbe();
  WakeProbe(const WakeProbe&) = delete;
  WakeProbe& operator=(const WakeProbe&) = delete;
  /// Ends it. Times from before the waking system call to after the sleeping one, in microseconds; empty where there is
  /// only one processor.
  [[nodiscard]] Histogram finish();

 private:
  void wake();
  void sleep();
  int event_ = -1;
  std::atomic<std::int64_t> sent_ns_{0};
  std::atomic<bool> ended_{false};
  Histogram taken_;  ///< written by the sleeping thread only, until it has ended
  std::thread sleeper_, waker_;
};

}  // namespace portcullis::bench
