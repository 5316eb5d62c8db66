#include "core/processor_claim.hpp"

#include <sched.h>

#include <array>
#include <atomic>

namespace portcullis {
namespace {

/// Each flag has a cache line of its own: a reactor writes its flag whenever it sleeps or wakes, on its processor.
struct alignas(64) Flag {
  std::atomic<bool> claimed{false};
};

std::array<Flag, CPU_SETSIZE>& flags() noexcept {
  static std::array<Flag, CPU_SETSIZE> all;
  return all;
}

thread_local std::atomic<bool>* own = nullptr;
thread_local std::uint64_t yields = 0;

void claim(bool claimed) noexcept {
  if (own != nullptr) own->store(claimed, std::memory_order_relaxed);
}

}  // namespace

ProcessorClaim::ProcessorClaim(unsigned processor) noexcept {
  own = processor < flags().size() ? &flags()[processor].claimed : nullptr;
  claim(true);
}

ProcessorClaim::~ProcessorClaim() {
  claim(false);
  own = nullptr;
}

int wait_unclaimed(int poller, epoll_event* events, int count, int timeout) noexcept {
  if (timeout == 0) return ::epoll_wait(poller, events, count, timeout);
  claim(false);
  const int ready = ::epoll_wait(poller, events, count, timeout);
  claim(true);
  return ready;
}

bool is_held_up() noexcept {
  const int processor = ::sched_getcpu();
  if (processor < 0 || static_cast<std::size_t>(processor) >= flags().size()) return false;
  const std::atomic<bool>& claimed = flags()[static_cast<std::size_t>(processor)].claimed;
  return &claimed != own && claimed.load(std::memory_order_relaxed);
}

void yield_to_claimer() noexcept {
  if (!is_held_up()) return;
  ++yields;
  ::sched_yield();
}

std::uint64_t yields_to_claimers() noexcept { return yields; }

}  // namespace portcullis
