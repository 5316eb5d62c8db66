#include "core/hashing/pool.hpp"

#include <algorithm>
#include <new>
#include <string>

#include "core/hashing/pool_state.hpp"
#include "core/processor_slices.hpp"
#include "core/scheduling.hpp"
#include "core/secret.hpp"

namespace portcullis {

using Duration = HashQueue::Duration;

namespace {

/// How much nicer hash threads are than the process, so that answering threads run before them. The kernel lets a
/// thread that wakes run first only when it has not used more than its share of time. With a smaller difference a
/// reactor that has just answered several requests would now and then wait for the next timer tick.
constexpr int hash_niceness = 15;
/// Long hashes run behind every other thread.
constexpr int slow_niceness = 19;
/// The long hashes' share of the CPU quota while other hashes run.
constexpr double slow_part = 0.25;

}  // namespace

HashPool::State::State(const HashPoolOptions& given, const Clock& clock_in)
    : options(given), clock(clock_in), estimates(options.first_guess) {
  shared.threads.resize(std::max<std::uint32_t>(options.threads, 1));
  slow.threads.resize(1);
  for (HashThread& each : shared.threads) each.memory = HashMemory(std::size_t{options.arena_kib} * 1024);
  for (HashCrew* const crew : {&shared, &slow})
    for (HashThread& each : crew->threads)
      each.thread = std::thread([this, crew, self = &each] {
        begin(*crew, *self);
        serve(*crew, *self);
      });
}

void HashPool::State::submit(BundlePtr bundle) {
  Settled settled;
  {
    const std::lock_guard lock(mutex);
    bundle->joined = clock.steady();
    bundle->crew = &crew_of(bundle->cost);
    bundle->is_probe = is_idle(*bundle->crew) && estimates.is_stale(bundle->cost, bundle->joined);
    Steady end;
    bundle->failure = admit(bundle->cost, bundle->works.size(), bundle->ticket, end, settled);
    try {
      if (!bundle->failure) enqueue(bundle, end);
    } catch (const std::bad_alloc&) {
      bundle->failure = busy(1);
    }
    if (bundle->failure) settled.push(bundle);
  }
  resume(settled);
}

/// The counters change only after the jobs are in the queue: when this throws for want of memory, only zero counts
/// remain.
void HashPool::State::enqueue(const BundlePtr& bundle, Steady end) {
  const std::size_t count = bundle->works.size();
  const Duration expected = estimates.expected(bundle->cost);
  bundle->lane = lane_of(bundle->ticket);
  bundle->unfinished = count;
  HashJobs jobs;
  for (std::size_t i = 0; i < count; ++i) jobs.push_back(HashJob{bundle, i, expected});
  std::uint32_t& flying = in_flight[{bundle->ticket.project, bundle->ticket.account}];
  counters.expects(bundle->cost);
  HashCrew& crew = *bundle->crew;
  crew.queue.push(bundle->lane, std::move(jobs));
  ++joined;
  flying += static_cast<std::uint32_t>(count);
  counters.joined(bundle->cost, count, end - bundle->joined - expected);
  count == 1 ? crew.work_came.notify_one() : crew.work_came.notify_all();
}

/// A hash is dropped when nobody waits for it or when it would end too late.
bool HashPool::State::is_dead(const HashBundle& bundle, Steady now) const {
  if (bundle.failure) return true;
  if (client_gone(bundle.ticket)) return true;
  const Duration needed = bundle.is_probe ? Duration::zero() : longest(bundle.cost, bundle.ticket);
  return bundle.is_probe ? now >= bundle.ticket.deadline : now + needed > bundle.ticket.deadline;
}

void HashPool::State::sweep(Steady now, Settled& settled) {
  last_sweep = now;
  for (HashCrew* const crew : {&shared, &slow}) {
    const HashJobs dead = crew->queue.take_dead([this, now](const HashJob& job) { return is_dead(*job.bundle, now); });
    for (const HashJob& job : dead) give_up(job.bundle, now, settled);
  }
}

/// A job that will not be run: nobody waits for it, it would end too late, or its bundle has failed.
void HashPool::State::give_up(const BundlePtr& bundle, Steady now, Settled& settled) {
  const bool gone = client_gone(bundle->ticket);
  counters.refused(gone ? HashRefusal::client_gone : HashRefusal::late, 1);
  const bool is_heard = !gone && !bundle->failure;
  finish_one(bundle, is_heard ? busy_again(*bundle, now) : busy(1), settled);
}

void HashPool::State::finish_one(const BundlePtr& bundle, std::optional<error> failure, Settled& settled) {
  if (failure && !bundle->failure) bundle->failure = failure;
  const auto flying = in_flight.find({bundle->ticket.project, bundle->ticket.account});
  if (--flying->second == 0) in_flight.erase(flying);
  counters.left(bundle->cost);
  if (--bundle->unfinished == 0) settled.push(bundle);
}

/// Memory for a hash that does not fit an arena: mapped for that hash alone. Other products' hashes allocate in their
/// own libraries and do not use it.
HashMemory HashPool::State::memory_beyond(const HashCrew& crew, const HashBundle& bundle) const {
  std::uint32_t kib = bundle.cost.memory_kib;
  if (bundle.ticket.then) kib = std::max(kib, bundle.ticket.then->memory_kib);
  const bool has_arena = &crew == &shared && kib <= options.arena_kib;
  return has_arena || kib == 0 ? HashMemory() : HashMemory(std::size_t{kib} * 1024);
}

std::optional<error> HashPool::State::run_work(HashCrew& crew, HashThread& self, HashBundle& bundle, std::size_t index,
                                               bool& followed) {
  std::optional<ProcessorSlices> slices;
  if (&crew == &slow && options.quota_cores > 0)
    slices.emplace(std::min(options.quota_cores, 1.0), slow_part * std::min(options.quota_cores, 1.0), shared_running);
  try {
    const HashMemory extra = memory_beyond(crew, bundle);
    HashArena arena = extra.arena().data != nullptr ? extra.arena() : self.memory.arena();
    arena.followed = &followed;
    bundle.works[index](arena);
    bundle.works[index] = nullptr;
  } catch (const std::bad_alloc&) {
    return busy(1);
  } catch (...) {
    return error(errc::general_server_error);
  }
  return {};
}

void HashPool::State::run_job(HashCrew& crew, HashThread& self, const HashJob& job, std::unique_lock<std::mutex>& lock,
                              Settled& settled) {
  HashBundle& bundle = *job.bundle;
  const Steady began = clock.steady();
  if (is_dead(bundle, began)) return give_up(job.bundle, began, settled);
  counters.began(began - bundle.joined);
  self.busy_until = began + estimates.expected(bundle.cost);
  if (&crew == &shared && !held.empty() && !held_can_wait(began, *self.busy_until)) release_held(settled);
  self.is_hashing = true;
  ++crew.running;
  if (&crew == &shared) ++shared_running;
  const double share = share_of(crew);
  lock.unlock();
  resume(settled);
  const Duration used_before = share < 1 ? processor_time() : Duration::zero();
  bool followed = false;
  const std::optional<error> failure = run_work(crew, self, bundle, job.index, followed);
  wipe_free_stack();
  self.owed = share < 1 ? pause_after(processor_time() - used_before, share) : Duration::zero();
  lock.lock();
  --crew.running;
  if (&crew == &shared) --shared_running;
  const Steady now = clock.steady();
  self.busy_until.reset();
  self.is_hashing = false;
  if (!failure) {
    Duration took = now - began + self.owed;
    if (followed) took -= std::min(took, estimates.expected(*bundle.ticket.then));
    estimates.learn(bundle.cost, took, now);
    counters.ran(now - began);
  }
  finish_one(job.bundle, failure, settled);
}

/// The share of a processor for each thread of the crew. Under a quota the long hashes' thread is paused within its
/// hash, and the other threads have what it leaves.
double HashPool::State::share_of(const HashCrew& crew) const {
  if (options.quota_cores <= 0) return options.cpu_share;
  if (&crew == &slow) return 1;
  if (slow.running == 0) return options.cpu_share;
  const double left = options.quota_cores - slow_part * std::min(options.quota_cores, 1.0);
  return std::min(options.cpu_share, left / static_cast<double>(shared.threads.size()));
}

/// A thread with less than a whole processor sleeps between hashes, so that the control group's quota is not used up
/// and the kernel does not stop the answering threads. Service times include the pause after the hash.
Duration HashPool::State::pause_after(Duration used, double share) {
  const double counted = std::max(share, 0.01);
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(used) * (1 / counted - 1));
}

void HashPool::State::begin(HashCrew& crew, HashThread& self) {
  give_way(&crew == &slow ? slow_niceness : hash_niceness);
  self.memory.populate();
  const std::error_code refused = self.memory.lock();
  if (!refused || !options.on_unlocked) return;
  try {
    std::call_once(unlocked, options.on_unlocked, refused);
  } catch (const std::exception&) {
    // Whoever is told has no memory to say it with.
  }
}

void HashPool::State::serve(HashCrew& crew, HashThread& self) {
  Settled settled;
  std::unique_lock lock(mutex);
  while (true) {
    if (&crew == &shared && !held.empty() && crew.queue.size() == 0) {  // another thread took what they waited for
      release_held(settled);
      lock.unlock();
      resume(settled);
      lock.lock();
    }
    crew.work_came.wait(lock, [this, &crew] { return ended || crew.queue.size() > 0; });
    if (crew.queue.size() == 0) return;
    {
      const HashJob job = crew.queue.pop();
      run_job(crew, self, job, lock, settled);
    }
    const Steady now = clock.steady();
    if (queued() > 0 && now - last_sweep >= sweep_interval) sweep(now, settled);
    if (&crew == &shared) hold(settled, now, now + self.owed);
    if (stopping) work_ended.notify_all();
    if (settled.empty() && self.owed == Duration::zero()) continue;
    if (self.owed > Duration::zero()) self.busy_until = now + self.owed;
    lock.unlock();
    resume(settled);
    lock.lock();
    if (self.owed > Duration::zero()) end_came.wait_for(lock, self.owed, [this] { return ended; });
    self.owed = Duration::zero();
    self.busy_until.reset();
  }
}

void HashPool::State::stop(std::chrono::milliseconds grace) {
  Settled settled;
  {
    std::unique_lock lock(mutex);
    stopping = true;
    work_ended.wait_for(lock, grace, [this] { return queued() == 0 && shared.running + slow.running == 0; });
    ended = true;
    for (HashCrew* const crew : {&shared, &slow}) {
      for (const HashJob& job : crew->queue.take_all()) {
        counters.refused(HashRefusal::stopping, 1);
        finish_one(job.bundle, busy(stopping_retry_s), settled);
      }
      crew->work_came.notify_all();
    }
    end_came.notify_all();
  }
  resume(settled);
  for (HashCrew* const crew : {&shared, &slow})
    for (HashThread& each : crew->threads) each.thread.join();
}

HashPool::HashPool(const HashPoolOptions& options, const Clock& clock)
    : state_(std::make_unique<State>(options, clock)) {}

HashPool::~HashPool() { stop(std::chrono::milliseconds(0)); }

result<void> HashPool::admits(const CostClass& cost, std::size_t count, const HashTicket& ticket) const {
  Settled settled;
  std::optional<error> refused;
  {
    const std::lock_guard lock(state_->mutex);
    Steady end;
    refused = state_->admit(cost, count, ticket, end, settled);
  }
  resume(settled);
  if (refused) return *refused;
  return {};
}

result<void> HashPool::admit(const CostClass& cost, HashTicket& ticket) const {
  Settled settled;
  std::optional<error> refused;
  {
    const std::lock_guard lock(state_->mutex);
    HashAdmission asked{cost, state_->joined, state_->clock.steady(), {}};
    refused = state_->admit(cost, 1, ticket, asked.end, settled);
    if (!refused) ticket.admitted = asked;
  }
  resume(settled);
  if (refused) return *refused;
  return {};
}

awaitable<result<void>> HashPool::run(CostClass cost, std::vector<HashWork> bundle, HashTicket ticket) {
  if (bundle.empty()) co_return result<void>();
  if (cost.memory_kib > largest_kib()) co_return error(errc::general_server_error);
  BundlePtr waiting = std::make_shared<HashBundle>();
  waiting->cost = cost;
  waiting->ticket = std::move(ticket);
  waiting->works = std::move(bundle);
  auto start = [state = state_.get(), waiting](Completion<result<void>> done) {
    waiting->done = std::move(done);
    state->submit(waiting);
  };
  waiting.reset();
  co_return co_await offload<result<void>>(std::move(start));
}

void HashPool::stop(std::chrono::milliseconds grace) {
  std::call_once(state_->stopped, [this, grace] { state_->stop(grace); });
}

std::uint32_t HashPool::threads() const noexcept { return static_cast<std::uint32_t>(state_->shared.threads.size()); }

std::uint32_t HashPool::largest_kib() const noexcept {
  return std::max(state_->options.arena_kib, state_->options.foreign_kib);
}

std::size_t HashPool::queued() const noexcept {
  const std::lock_guard lock(state_->mutex);
  return state_->queued();
}

HashPoolStats HashPool::stats() const {
  const std::lock_guard lock(state_->mutex);
  HashPoolStats stats = state_->counters.read();
  stats.threads = threads();
  stats.queued = state_->queued();
  stats.running = state_->shared.running + state_->slow.running;
  return stats;
}

std::chrono::nanoseconds HashPool::predicted(const CostClass& cost) const {
  const std::lock_guard lock(state_->mutex);
  const Steady now = state_->clock.steady();
  return state_->predicted_end(cost, 1, HashTicket{}, now) - now;
}

}  // namespace portcullis
