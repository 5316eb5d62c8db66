#pragma once
// Requests to the kernel's scheduler, for the calling thread. They are hints: a kernel that does not know them ignores
// them.

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace portcullis {

/// For answering threads: from Linux 6.12 on, a thread with short time slices preempts a computing thread as soon as it
/// wakes, instead of waiting for the end of the other's slice (sched_setattr(2), sched_runtime).
void ask_for_short_slices() noexcept;
/// Raises the thread's nice value by `by`, up to the highest.
void give_way(int by) noexcept;
/// Processor time that the thread has used.
[[nodiscard]] std::chrono::nanoseconds processor_time() noexcept;
/// How long a thread has run or waited for a processor. Where the kernel does not report the wait
/// (/proc/thread-self/schedstat), only how long it ran. Used by one thread.
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
/// The kernel's numbers of these processors, ascending; empty when there are more processors than can be asked for.
[[nodiscard]] std::vector<unsigned> processor_numbers();
/// Pins the thread to one of them, counted from 0, and answers the kernel's number. Empty where there are fewer or the
/// kernel refuses; then nothing changes.
std::optional<unsigned> keep_to_processor(std::size_t number);

}  // namespace portcullis
