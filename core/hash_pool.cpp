#include "core/hash_pool.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <thread>

#include "core/hash_pool_estimates.hpp"
#include "core/hash_pool_memory.hpp"
#include "core/hash_pool_queue.hpp"

namespace portcullis {

using Duration = HashQueue::Duration;

/// What one run() waits for. Guarded by the pool's lock, except `works`, of which each is one thread's while it runs.
struct HashBundle {
  CostClass cost;
  HashTicket ticket;
  HashLane lane;
  std::vector<HashWork> works;
  Completion<result<void>> done;
  std::size_t unfinished = 0;
  std::optional<error> failure;
  bool is_probe = false;  ///< admitted without an estimate to go by
};

namespace {

/// Hash threads give way to the threads that answer.
constexpr int hash_niceness = 10;
/// Jobs that nobody waits for any more are looked for at most this often: when somebody would be refused their place,
constexpr std::chrono::milliseconds sweep_interval{10};
/// and after a hash, so that those who cannot be served in time hear it soon.
constexpr std::chrono::milliseconds late_sweep_interval{50};
/// A part of the queue is kept for administrators and keys.
constexpr std::uint32_t privileged_share = 8;
/// A stopping server is back, or replaced, about then.
constexpr std::uint32_t stopping_retry_s = 5;

using BundlePtr = std::shared_ptr<HashBundle>;
using Settled = std::vector<BundlePtr>;
using AccountKey = std::pair<ProjectNo, std::uint64_t>;

error busy(std::uint32_t retry_after_s) {
  error refusal(errc::server_busy);
  refusal.retry_after_s = std::max<std::uint32_t>(retry_after_s, 1);
  return refusal;
}

error busy_for(Duration wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return busy(static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 1, 3600)));
}

/// Resumes the callers; outside the lock. The works go first: they hold secrets.
void resume(Settled& settled) {
  for (const BundlePtr& bundle : settled) {
    bundle->works.clear();
    Completion<result<void>> done = std::move(bundle->done);
    done(bundle->failure ? result<void>(*bundle->failure) : result<void>());
  }
  settled.clear();
}

struct HashThread {
  HashMemory memory;
  std::optional<Steady> busy_until;  ///< predicted
  std::thread thread;
};

}  // namespace

struct HashPool::State {
  State(const HashPoolOptions& given, const Clock& clock_in);

  [[nodiscard]] bool is_foreign(const CostClass& cost) const { return cost.memory_kib > options.arena_kib; }
  [[nodiscard]] HashLane lane_of(const CostClass& cost, const HashTicket& ticket) const;
  [[nodiscard]] bool is_idle() const;
  [[nodiscard]] Steady predicted_end(const CostClass& cost, std::size_t count, const HashLane& lane, Steady now) const;
  [[nodiscard]] std::optional<error> refusal(const CostClass& cost, std::size_t count, const HashTicket& ticket,
                                             Steady now) const;
  [[nodiscard]] std::optional<error> over_bounds(std::size_t count, const HashTicket& ticket) const;
  std::optional<error> admit(const CostClass& cost, std::size_t count, const HashTicket& ticket, Settled& settled);
  void submit(BundlePtr bundle);

  [[nodiscard]] bool is_dead(const HashBundle& bundle, Steady now) const;
  void sweep(Steady now, Settled& settled);
  void finish_one(const BundlePtr& bundle, std::optional<error> failure, Settled& settled);

  void serve(HashThread& self);
  void run_job(HashThread& self, const HashJob& job, std::unique_lock<std::mutex>& lock, Settled& settled);
  void stop(std::chrono::milliseconds grace);

  const HashPoolOptions options;
  const Clock& clock;
  std::mutex mutex;
  std::condition_variable work_came;
  std::condition_variable work_ended;
  HashQueue queue;
  HashEstimates estimates;
  std::map<AccountKey, std::uint32_t> in_flight;
  std::vector<HashThread> threads;
  std::size_t running = 0;
  std::optional<Steady> foreign_until;  ///< set while the extra slot is taken
  Steady last_sweep{};
  bool stopping = false;
  bool ended = false;
  std::once_flag stopped;
};

HashPool::State::State(const HashPoolOptions& given, const Clock& clock_in) : options(given), clock(clock_in) {
  threads.resize(std::max<std::uint32_t>(options.threads, 1));
  for (HashThread& each : threads) each.memory = HashMemory(std::size_t{options.arena_kib} * 1024);
  for (HashThread& each : threads) each.thread = std::thread([this, self = &each] { serve(*self); });
}

HashLane HashPool::State::lane_of(const CostClass& cost, const HashTicket& ticket) const {
  HashLane lane;
  lane.project = static_cast<std::uint64_t>(ticket.project);
  lane.network = ticket.network;
  lane.account = ticket.account;
  lane.privileged = ticket.privileged;
  lane.foreign = is_foreign(cost);
  return lane;
}

bool HashPool::State::is_idle() const { return queue.size() == 0 && running < threads.size() && !foreign_until; }

/// Whoever joins waits for what runs and for what fair order puts before it, spread over the threads.
Steady HashPool::State::predicted_end(const CostClass& cost, std::size_t count, const HashLane& lane,
                                      Steady now) const {
  const Duration each = estimates.expected(cost);
  const Duration own = each * static_cast<Duration::rep>(count);
  Duration ahead = queue.work_until(lane, own) - each;
  for (const HashThread& thread : threads)
    if (thread.busy_until && *thread.busy_until > now) ahead += *thread.busy_until - now;
  Duration wait = ahead / static_cast<Duration::rep>(threads.size()) + each;
  if (lane.foreign) {
    Duration serial = queue.foreign_work() + own;
    if (foreign_until && *foreign_until > now) serial += *foreign_until - now;
    wait = std::max(wait, serial);
  }
  return now + wait;
}

std::optional<error> HashPool::State::over_bounds(std::size_t count, const HashTicket& ticket) const {
  const std::size_t reserved = ticket.privileged ? 0 : options.queue_limit / privileged_share;
  const Duration share = queue.work() / static_cast<Duration::rep>(threads.size());
  if (queue.size() + count > options.queue_limit - reserved && queue.size() > 0) return busy_for(share);
  if (ticket.account == 0 || ticket.privileged) return {};
  const auto flying = in_flight.find({ticket.project, ticket.account});
  // A bundle counts when it is in: one larger than the bound still runs when it is alone.
  if (flying == in_flight.end() || flying->second < options.account_limit) return {};
  return busy_for(share);
}

std::optional<error> HashPool::State::refusal(const CostClass& cost, std::size_t count, const HashTicket& ticket,
                                              Steady now) const {
  if (stopping) return busy(stopping_retry_s);
  if (ticket.gone && ticket.gone->load(std::memory_order_relaxed)) return busy(1);
  if (now >= ticket.deadline) return busy(1);
  if (const std::optional<error> bound = over_bounds(count, ticket)) return bound;
  if (is_idle() && estimates.is_stale(cost, now)) return {};
  const Steady end = predicted_end(cost, count, lane_of(cost, ticket), now);
  if (end <= ticket.deadline) return {};
  return busy_for(end - ticket.deadline);
}

/// Refuses only after those who no longer need their place have given it up.
std::optional<error> HashPool::State::admit(const CostClass& cost, std::size_t count, const HashTicket& ticket,
                                            Settled& settled) {
  const Steady now = clock.steady();
  std::optional<error> refused = refusal(cost, count, ticket, now);
  if (!refused || queue.size() == 0 || now - last_sweep < sweep_interval) return refused;
  sweep(now, settled);
  return settled.empty() ? refused : refusal(cost, count, ticket, now);
}

void HashPool::State::submit(BundlePtr bundle) {
  Settled settled;
  {
    const std::lock_guard lock(mutex);
    const std::size_t count = bundle->works.size();
    bundle->is_probe = is_idle() && estimates.is_stale(bundle->cost, clock.steady());
    bundle->failure = admit(bundle->cost, count, bundle->ticket, settled);
    if (bundle->failure) {
      settled.push_back(bundle);
    } else {
      bundle->lane = lane_of(bundle->cost, bundle->ticket);
      bundle->unfinished = count;
      in_flight[{bundle->ticket.project, bundle->ticket.account}] += static_cast<std::uint32_t>(count);
      const Duration expected = estimates.expected(bundle->cost);
      for (std::size_t i = 0; i < count; ++i) queue.push(bundle->lane, HashJob{bundle, i, expected});
      count == 1 ? work_came.notify_one() : work_came.notify_all();
    }
  }
  resume(settled);
}

/// Nothing is hashed that nobody waits for, or that would end too late.
bool HashPool::State::is_dead(const HashBundle& bundle, Steady now) const {
  if (bundle.failure) return true;
  if (bundle.ticket.gone && bundle.ticket.gone->load(std::memory_order_relaxed)) return true;
  const Duration needed = bundle.is_probe ? Duration::zero() : estimates.expected(bundle.cost);
  return bundle.is_probe ? now >= bundle.ticket.deadline : now + needed > bundle.ticket.deadline;
}

void HashPool::State::sweep(Steady now, Settled& settled) {
  last_sweep = now;
  const std::deque<HashJob> dead =
      queue.take_dead([this, now](const HashJob& job) { return is_dead(*job.bundle, now); });
  for (const HashJob& job : dead) finish_one(job.bundle, busy(1), settled);
}

void HashPool::State::finish_one(const BundlePtr& bundle, std::optional<error> failure, Settled& settled) {
  if (failure && !bundle->failure) bundle->failure = failure;
  const auto flying = in_flight.find({bundle->ticket.project, bundle->ticket.account});
  if (--flying->second == 0) in_flight.erase(flying);
  if (--bundle->unfinished == 0) settled.push_back(bundle);
}

void HashPool::State::run_job(HashThread& self, const HashJob& job, std::unique_lock<std::mutex>& lock,
                              Settled& settled) {
  HashBundle& bundle = *job.bundle;
  const Steady began = clock.steady();
  if (is_dead(bundle, began)) return finish_one(job.bundle, busy(1), settled);
  const bool foreign = bundle.lane.foreign;
  self.busy_until = began + estimates.expected(bundle.cost);
  if (foreign) foreign_until = self.busy_until;
  ++running;
  lock.unlock();
  std::optional<error> failure;
  try {
    HashMemory extra;
    if (foreign) extra = HashMemory(std::size_t{bundle.cost.memory_kib} * 1024);
    bundle.works[job.index](foreign ? extra.arena() : self.memory.arena());
    bundle.works[job.index] = nullptr;
  } catch (const std::bad_alloc&) {
    failure = busy(1);
  } catch (...) {
    failure = error(errc::general_server_error);
  }
  lock.lock();
  --running;
  const Steady now = clock.steady();
  self.busy_until.reset();
  if (foreign) {
    foreign_until.reset();
    work_came.notify_one();  // the next one that waits for the slot
  }
  if (!failure) estimates.learn(bundle.cost, now - began, now);
  finish_one(job.bundle, failure, settled);
}

void HashPool::State::serve(HashThread& self) {
  // Linux applies it to the calling thread alone.
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), hash_niceness);
  self.memory.populate();
  self.memory.lock();
  Settled settled;
  std::unique_lock lock(mutex);
  while (true) {
    work_came.wait(lock, [this] { return ended || queue.has_next(!foreign_until); });
    if (!queue.has_next(!foreign_until)) return;
    {
      const HashJob job = queue.pop(!foreign_until);
      run_job(self, job, lock, settled);
    }
    const Steady now = clock.steady();
    if (queue.size() > 0 && now - last_sweep >= late_sweep_interval) sweep(now, settled);
    if (stopping) work_ended.notify_all();
    if (settled.empty()) continue;
    lock.unlock();
    resume(settled);
    lock.lock();
  }
}

void HashPool::State::stop(std::chrono::milliseconds grace) {
  Settled settled;
  {
    std::unique_lock lock(mutex);
    stopping = true;
    work_ended.wait_for(lock, grace, [this] { return queue.size() == 0 && running == 0; });
    for (const HashJob& job : queue.take_all()) finish_one(job.bundle, busy(stopping_retry_s), settled);
    ended = true;
    work_came.notify_all();
  }
  resume(settled);
  for (HashThread& each : threads) each.thread.join();
}

HashPool::HashPool(const HashPoolOptions& options, const Clock& clock)
    : state_(std::make_unique<State>(options, clock)) {}

HashPool::~HashPool() { stop(std::chrono::milliseconds(0)); }

result<void> HashPool::admits(const CostClass& cost, std::size_t count, const HashTicket& ticket) const {
  Settled settled;
  std::optional<error> refused;
  {
    const std::lock_guard lock(state_->mutex);
    refused = state_->admit(cost, count, ticket, settled);
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

std::uint32_t HashPool::threads() const noexcept { return static_cast<std::uint32_t>(state_->threads.size()); }

std::uint32_t HashPool::largest_kib() const noexcept {
  return std::max(state_->options.arena_kib, state_->options.foreign_kib);
}

std::size_t HashPool::queued() const noexcept {
  const std::lock_guard lock(state_->mutex);
  return state_->queue.size();
}

}  // namespace portcullis
