#include "core/processor_slices.hpp"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/scheduling.hpp"

namespace portcullis {
namespace {

/// The kernel checks such timers at its ticks, of 1 to 10 ms; fewer ticks fall into the thread's time when other
/// threads share the processor.
constexpr std::chrono::nanoseconds slice = std::chrono::milliseconds(5);
constexpr std::chrono::nanoseconds longest_pause = std::chrono::milliseconds(250);

int slice_signal() noexcept { return SIGRTMIN + 1; }

/// Read by the signal's handler, on the same thread.
thread_local ProcessorSlices* current = nullptr;

double pause_for(double share) noexcept { return 1 / std::clamp(share, 0.01, 1.0) - 1; }

void allow_signal(int how) noexcept {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, slice_signal());
  ::pthread_sigmask(how, &set, nullptr);
}

}  // namespace

void ProcessorSlices::stop_here(int) noexcept {
  ProcessorSlices* const slices = current;
  if (slices == nullptr) return;
  const int kept = errno;
  const bool crowded = slices->others_.load(std::memory_order_relaxed) > 0;
  const std::chrono::nanoseconds used = processor_time() - slices->used_;
  const double owed = static_cast<double>(used.count()) * (crowded ? slices->beside_ : slices->alone_);
  const auto pause = std::min(std::chrono::nanoseconds(static_cast<std::int64_t>(owed)), longest_pause);
  slices->used_ += used;
  slices->pauses_.fetch_add(1, std::memory_order_relaxed);
  const timespec wanted{0, pause.count()};  // less than a second
  ::nanosleep(&wanted, nullptr);
  errno = kept;
}

ProcessorSlices::ProcessorSlices(double share_alone, double share_beside,
                                 const std::atomic<std::uint32_t>& others) noexcept
    : alone_(pause_for(share_alone)), beside_(pause_for(share_beside)), used_(processor_time()), others_(others) {
  struct sigaction action {};
  action.sa_handler = &ProcessorSlices::stop_here;
  action.sa_flags = SA_RESTART;
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = slice_signal();
  event._sigev_un._tid = ::gettid();  // glibc before 2.38 has no other name for it
  if (::sigaction(slice_signal(), &action, nullptr) != 0) return;
  if (::timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer_) != 0) return;
  has_timer_ = true;
  current = this;
  allow_signal(SIG_UNBLOCK);
  const itimerspec each{{0, slice.count()}, {0, slice.count()}};
  ::timer_settime(timer_, 0, &each, nullptr);
}

ProcessorSlices::~ProcessorSlices() {
  if (!has_timer_) return;
  ::timer_delete(timer_);
  current = nullptr;  // for a signal that is already pending
  allow_signal(SIG_BLOCK);
}

}  // namespace portcullis
