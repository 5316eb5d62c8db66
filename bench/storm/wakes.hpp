#pragma once
// The limit of every wait for a CPU: how long a bare thread takes to run when another processor wakes it. Linux alone.

#include <atomic>
#include <cstdint>
#include <thread>

#include "bench/load/histogram.hpp"

namespace portcullis::bench {

/// While it lives, one thread on the servers' first processor sleeps until one on this process's last wakes it, a
/// hundred times a second; it asks for short slices, as reactors do.
class WakeProbe {
 public:
  WakeProbe();
  ~WakeProbe();
  WakeProbe(const WakeProbe&) = delete;
  WakeProbe& operator=(const WakeProbe&) = delete;
  /// Ends it. From before the system call that wakes to after the one that slept, microseconds; empty where there is
  /// only one processor.
  [[nodiscard]] Histogram finish();

 private:
  void wake();
  void sleep();
  int event_ = -1;
  std::atomic<std::int64_t> sent_ns_{0};
  std::atomic<bool> ended_{false};
  Histogram taken_;  ///< by the sleeper alone until it has ended
  std::thread sleeper_, waker_;
};

}  // namespace portcullis::bench
