#pragma once
// A processor that a reactor and a hash thread share. The kernel preempts the nicer hash thread as soon as the reactor
// wakes. But when a third thread preempts the reactor in the middle of a request, the kernel's fair scheduler may run
// the hash thread next, because the reactor has just run, and the hash thread then keeps the processor until the next
// timer tick, up to 10 ms. So a reactor claims its processor while it works, and a hash thread on a claimed processor
// yields.

#include <sys/epoll.h>

#include <cstdint>

namespace portcullis {

/// While it lives, the calling thread, which is pinned to this processor, claims it whenever it is awake. For threads
/// that sleep in epoll_wait only.
class ProcessorClaim {
 public:
  explicit ProcessorClaim(unsigned processor) noexcept;  ///< the kernel's number; beyond 1023 it claims nothing
  ~ProcessorClaim();
  ProcessorClaim(const ProcessorClaim&) = delete;
  ProcessorClaim& operator=(const ProcessorClaim&) = delete;
};

/// epoll_wait(2) that gives up the claim while the thread may sleep in it.
int wait_unclaimed(int poller, epoll_event* events, int count, int timeout) noexcept;

/// Has another thread claimed the processor that the calling thread runs on?
[[nodiscard]] bool is_held_up() noexcept;
/// Yields the processor to the thread that claimed it, if there is one; costs a few ns otherwise.
void yield_to_claimer() noexcept;
/// How often the calling thread has let one go first.
[[nodiscard]] std::uint64_t yields_to_claimers() noexcept;

}  // namespace portcullis
