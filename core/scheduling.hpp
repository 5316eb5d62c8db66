#pragma once
// What threads ask of the kernel's scheduler. Hints: a kernel that does not know them goes on as before. The calling
// thread.

#include <chrono>
#include <cstddef>

namespace portcullis {

/// For threads that answer: from Linux 6.12 on a thread with short time slices takes the processor from one that
/// computes as soon as it wakes, instead of waiting for the end of the other's slice (sched_setattr(2), sched_runtime).
void ask_for_short_slices() noexcept;
/// So much nicer than the thread is; the nicest where that would be beyond it.
void give_way(int by) noexcept;
/// Time of processors that the thread has used.
[[nodiscard]] std::chrono::nanoseconds processor_time() noexcept;
/// Processors that the thread may run on, at least 1.
[[nodiscard]] unsigned usable_processors() noexcept;
/// Keeps the thread to one of them, counted from 0; where there are fewer, nothing changes.
void keep_to_processor(std::size_t number) noexcept;

}  // namespace portcullis
