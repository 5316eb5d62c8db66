// When a finished hash resumes its caller. Hashes evict the answering threads' code and data from the processor's
// caches. A thread that is woken once for several answers pays for those cache misses, and for a commit, about as much
// as for one.

#include <algorithm>
#include <exception>

#include "core/hashing/pool_state.hpp"

namespace portcullis {
namespace {

/// The most answers in one batch, for each thread.
constexpr std::size_t batch_size = 4;
/// Where hashes take longer than this, a batch saves little in comparison.
constexpr std::chrono::milliseconds longest_hold{25};

/// How long an answer may wait for others: what its request has waited beyond one hash, but at most half of all its
/// time. So the delay is small beside the wait, and a request that met no queue is not delayed.
HashQueue::Duration patience(HashQueue::Duration since_joined, HashQueue::Duration hash) {
  const HashQueue::Duration crowd = std::min(since_joined - 2 * hash, since_joined / 2);
  return std::clamp<HashQueue::Duration>(crowd, HashQueue::Duration::zero(), longest_hold);
}

}  // namespace

/// While hashes queue, an answer waits for the end of the next hash. Where nothing queues it is delivered at once, as
/// refusals are. Leaves in `settled` the bundles to resume; `again` is when the thread takes its next job.
void HashPool::State::hold(Settled& settled, Steady now, Steady again) {
  while (BundlePtr each = settled.pop()) {
    const Steady patient =
        std::min(now + patience(now - each->joined, estimates.expected(each->cost)), each->ticket.deadline);
    held_until = std::min(held_until, each->failure ? now : patient);
    held.push(std::move(each));
  }
  const bool waits = held.size() < batch_size * shared.threads.size() && held_until > again && shared.queue.size() > 0;
  if (!waits) release_held(settled);
}

/// A thread is about to hash until `end`: will some thread release the held answers before their time is over? A hash
/// that takes longer than predicted is not counted on.
bool HashPool::State::held_can_wait(Steady now, Steady end) const {
  return end <= held_until || std::any_of(shared.threads.begin(), shared.threads.end(), [&](const HashThread& thread) {
           return thread.is_hashing && *thread.busy_until > now && *thread.busy_until <= held_until;
         });
}

/// Moves the held answers into `settled`, which is empty.
void HashPool::State::release_held(Settled& settled) noexcept {
  settled.swap(held);
  held_until = Steady::max();
}

/// Resumes the callers; outside the lock. The works are destroyed first, because they hold secrets.
void resume(Settled& settled) noexcept {
  Completions together;
  while (const BundlePtr bundle = settled.pop()) {
    bundle->works.clear();
    bundle->done(bundle->failure ? result<void>(*bundle->failure) : result<void>(), together);
  }
  try {
    together.post();
  } catch (const std::exception&) {
    // There is no memory to resume them; post() has destroyed their coroutines then.
  }
}

}  // namespace portcullis
