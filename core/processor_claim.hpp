#pragma once
// A processor that a reactor and a hash thread share. The nicer hash thread gives it up as soon as the reactor wakes;
// but when a third thread takes it from the reactor in the middle of a request, the kernel's fair scheduler may hand it
// to the hash thread next, since the reactor has just run, and there it stays until the next timer tick, up to 10 ms.
// So a reactor claims its processor while it works, and a hash thread that finds itself on a claimed one yields.

#include <sys/epoll.h>

#include <cstdint>

namespace portcullis {

/// While it lives, the calling thread, which is kept to this processor, claims it whenever it is awake. For one that
/// sleeps in epoll_wait alone.
class ProcessorClaim {
 public:
  explicit ProcessorClaim(unsigned processor) noexcept;  ///< the kernel's number; beyond 1023 it claims nothing
  ~ProcessorClaim();
  ProcessorClaim(const ProcessorClaim&) = delete;
  ProcessorClaim& operator=(const ProcessorClaim&) = delete;
};

/// epoll_wait(2); a thread that may sleep in it claims nothing meanwhile.
int wait_unclaimed(int poller, epoll_event* events, int count, int timeout) noexcept;

/// Is the processor that the calling thread runs on claimed by another one?
[[nodiscard]] bool is_held_up() noexcept;
/// Lets the claimer of its processor go first, if there is one; a few ns otherwise.
void yield_to_claimer() noexcept;
/// How often the calling thread has let one go first.
[[nodiscard]] std::uint64_t yields_to_claimers() noexcept;

}  // namespace portcullis
