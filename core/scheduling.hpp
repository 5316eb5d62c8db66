#pragma once
// What threads ask of the kernel's scheduler. Hints: a kernel that does not know them goes on as before. The calling
// thread.

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace portcullis {

/// For threads that answer: from Linux 6.12 on a thread with short time slices takes the processor from one that
/// computes as soon as it wakes, instead of waiting for the end of the other's slice (sched_setattr(2), sched_runtime).
void ask_for_short_slices() noexcept;
/// So much nicer than the thread is; the nicest where that would be beyond it.
void give_way(int by) noexcept;
/// Time of processors that the thread has used.
[[nodiscard]] std::chrono::nanoseconds processor_time() noexcept;
/// How long a thread has wanted a processor: it ran, or waited to. Where the kernel does not tell the latter
/// (/proc/thread-self/schedstat), only that it ran. One thread's.
class ProcessorDemand {
 public:
  ProcessorDemand() = default;
  ProcessorDemand(const ProcessorDemand&) = delete;
  ProcessorDemand& operator=(const ProcessorDemand&) = delete;
  ~ProcessorDemand();
  [[nodiscard]] std::chrono::nanoseconds total() noexcept;

 private:
  int file_ = -1;
  bool opened_ = false;
};
/// Processors that the thread may run on, at least 1.
[[nodiscard]] unsigned usable_processors() noexcept;
/// The kernel's numbers of those, rising; empty when it has more processors than can be asked about.
[[nodiscard]] std::vector<unsigned> processor_numbers();
/// Keeps the thread to one of them, counted from 0: its number. None where there are fewer or the kernel refuses, and
/// nothing changes.
std::optional<unsigned> keep_to_processor(std::size_t number);

}  // namespace portcullis
