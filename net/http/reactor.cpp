#include "net/http/reactor.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>
#include <vector>

#include "core/async/completion_queue.hpp"

namespace portcullis::http {

namespace {

using boost::asio::ip::tcp;
using namespace std::chrono_literals;

constexpr auto tuple = boost::asio::as_tuple(boost::asio::use_awaitable);

constexpr unsigned sweeps_after_crowd = 2;  // the first may come between a freed slot and the next request
constexpr auto gone_after = 50ms;           // shorter handlers are not worth a system call
constexpr auto accept_backoff = 100ms;      // out of descriptors: wait until some are closed
constexpr auto slot_recheck = 100ms;        // a connection of another reactor may have ended
constexpr auto slot_soon = 10ms;            // one of them was told to end
constexpr auto complaint_interval = 10s;
constexpr std::size_t rush = 64;  // connections; after fewer there is no memory worth returning

}  // namespace

LiveConnection::LiveConnection(Reactor& reactor, Slot slot) : reactor_(reactor), slot_(std::move(slot)) {
  reactor_.held_.push(*this, reactor_.tick());
}

LiveConnection::~LiveConnection() {
  wait_in(nullptr);
  reactor_.held_.remove(*this);
  if (slot_ && !leaves_ && !displaced_) reactor_.shared.note_left();
  if (reactor_.waits_for_slot_) reactor_.gate_.cancel();
}

/// The parts of one request share one deadline, from its first byte; for a connection that has sent no request yet,
/// from its start.
void LiveConnection::enter(Phase phase, std::chrono::milliseconds limit) noexcept {
  WaitingQueue* const queue = queue_of(phase);
  if (queue != waits_in_ || phase_ == Phase::writing || phase == Phase::writing) wait_in(queue);
  phase_ = phase;
  expired_ = false;
  deadline_ = reactor_.tick() + reactor_.sweep_interval() + limit;
}

void LiveConnection::enter_handling() noexcept {
  wait_in(nullptr);
  has_asked_ = true;
  phase_ = Phase::handling;
  expired_ = false;
  deadline_ = reactor_.tick();
  if (reactor_.crowded_sweeps_ > 0) reactor_.check_gone(*this);
}

WaitingQueue* LiveConnection::queue_of(Phase phase) const noexcept {
  switch (phase) {
    case Phase::idle:
      return has_asked_ ? &reactor_.idle_ : &reactor_.unfinished_;
    case Phase::handshake:
    case Phase::header:
    case Phase::body:
    case Phase::writing:
      return &reactor_.unfinished_;
    case Phase::handling:
    case Phase::closing:
      return nullptr;
  }
  return nullptr;
}

void LiveConnection::wait_in(WaitingQueue* queue) noexcept {
  if (waits_in_ != nullptr) waits_in_->remove(*this);
  waits_in_ = queue;
  if (queue != nullptr) queue->push(*this, reactor_.tick());
}

/// Wakes the coroutine that waits on the socket; one that begins to wait at this moment is woken by the next sweep.
void LiveConnection::expire() noexcept {
  expired_ = true;
  deadline_ = {};
  boost::system::error_code ignored;
  socket().cancel(ignored);
}

Reactor::Reactor(Shared& s, std::uint32_t i) : shared(s), index(i), balance(i, s.balances) {
  const Limits& limits = s.options.limits;
  const auto shortest = std::min({limits.header_time, limits.body_time, limits.idle_time, limits.write_time});
  sweep_interval_ = std::clamp<std::chrono::milliseconds>(shortest / 4, 10ms, 250ms);
  tick_ = s.clock.steady();
  refresh_date();
  boost::asio::use_service<CompletionQueue>(io);  // now, before connections can use up the descriptors
}

// The timers are destroyed before the io_context, whose destructor destroys connections: these must not wake the accept
// loop any more.
Reactor::~Reactor() { waits_for_slot_ = false; }

void Reactor::start(tcp::acceptor acceptor) {
  acceptor_.emplace(std::move(acceptor));
  balance.listens_on(acceptor_->native_handle());
  boost::asio::co_spawn(io, accept_loop(), boost::asio::detached);
  boost::asio::co_spawn(io, sweep_loop(), boost::asio::detached);
}

/// Asio keeps its state of a closed descriptor, some 200 bytes, for the next one. Allocated together here, these blocks
/// do not lie scattered over pages that a rush of connections filled, and do not keep them from the system.
void Reactor::expect(std::size_t connections) {
  std::vector<boost::asio::posix::stream_descriptor> descriptors;
  descriptors.reserve(connections);
  boost::system::error_code failed;
  const int any = ::eventfd(0, EFD_CLOEXEC);
  while (!failed && descriptors.size() < connections) {
    const int descriptor = ::fcntl(any, F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0) break;
    descriptors.emplace_back(io).assign(descriptor, failed);
    if (failed) ::close(descriptor);
  }
  if (any >= 0) ::close(any);
}

void Reactor::run() {
  for (;;) {
    try {
      io.run();
      return;
    } catch (const std::exception& failure) {
      shared.log.error(std::string("a task on a reactor failed: ") + failure.what());
    }
  }
}

awaitable<void> Reactor::accept_loop() {
  while (!shared.stopping) {
    tcp::socket socket(io);
    tcp::endpoint peer;
    const auto [error] = co_await acceptor_->async_accept(socket, peer, tuple);
    if (shared.stopping) break;
    if (error) {
      accept_failed(error);
      gate_.expires_after(accept_backoff);
      co_await gate_.async_wait(tuple);
      continue;
    }
    Slot slot = co_await slot_for(peer);
    if (shared.stopping) break;
    if (!slot) continue;
    balance.count_accepted(tick_);
    begin_serving(std::move(socket), std::move(slot), true);
  }
}

/// An accepted connection waits here for a free slot; later ones wait in the kernel's backlog. No slot is given when
/// its network has its share: the wait would delay others.
awaitable<Slot> Reactor::slot_for(tcp::endpoint peer) {
  std::pair<Admission, Slot> taken = shared.take_slot(peer.address());
  const std::optional<NetworkBytes> network = network_bytes(peer.address());
  if (taken.first == Admission::no_share && (displace(Claim::idle, network) || displace(Claim::unfinished, network))) {
    co_await wait_for_slot(slot_soon);
    taken = shared.take_slot(peer.address());
  }
  const Steady began = shared.clock.steady();
  while (!shared.stopping && taken.first == Admission::no_slot) {
    balance.spread(tick_);  // into the backlogs of all reactors
    const bool nobody_leaves =
        shared.clock.steady() - std::min(began, shared.last_left()) >= shared.options.limits.leaving_time;
    const Claim last = nobody_leaves ? Claim::held : Claim::unfinished;
    const std::optional<Claim> lost = shared.free_a_slot(*this, last);
    const bool soon = lost == Claim::idle || lost == Claim::unfinished;
    const std::chrono::milliseconds limit = soon ? slot_soon : slot_recheck;
    co_await wait_for_slot(limit);
    taken = shared.take_slot(peer.address());
  }
  if (taken.first == Admission::no_share) refuse_share(peer.address());
  co_return std::move(taken.second);
}

awaitable<void> Reactor::wait_for_slot(std::chrono::milliseconds limit) {
  waits_for_slot_ = true;
  crowded_sweeps_ = sweeps_after_crowd;
  gate_.expires_after(limit);
  co_await gate_.async_wait(tuple);
  waits_for_slot_ = false;
}

void Reactor::refuse_share(const boost::asio::ip::address& peer) {
  complain("connections from " + client_network(peer) +
           " are refused: it has its share of all places. Is it a proxy? Then name it in --trusted-proxies");
}

Steady Reactor::oldest(Claim claim) const noexcept {
  switch (claim) {
    case Claim::idle:
      return idle_.oldest();
    case Claim::unfinished:
      return unfinished_.oldest();
    case Claim::held:
      return held_.oldest();
  }
  return Steady::max();
}

template <class Queue, class Displace>
bool Reactor::displace_first(Queue& queue, Steady latest, const std::optional<NetworkBytes>& network,
                             Displace displace) {
  constexpr int most_inspected = 256;
  auto each = queue.begin();
  for (int inspected = 0; each != queue.end() && Queue::since(*each) <= latest && inspected < most_inspected;
       ++inspected) {
    LiveConnection& connection = *each++;
    if (network && connection.slot_.network() != network) continue;
    if (displace(connection)) return true;
  }
  return false;
}

bool Reactor::displace(Claim claim, const std::optional<NetworkBytes>& network) {
  const Steady now = shared.clock.steady();
  const Steady latest = now - shared.options.limits.claim_time;
  const auto end_idle = [](LiveConnection& connection) {
    pollfd watched{connection.socket().native_handle(), POLLIN, 0};
    if (::poll(&watched, 1, 0) > 0) return false;  // a request has arrived: it is not idle
    connection.wait_in(nullptr);
    connection.expire();
    return true;
  };
  const auto end_unfinished = [](LiveConnection& connection) {
    connection.wait_in(nullptr);
    connection.displaced_ = true;
    connection.expire();
    return true;
  };
  const auto end_with_next_answer = [this, now](LiveConnection& connection) {
    held_.remove(connection);
    held_.push(connection, now);
    connection.leaves_ = true;
    return true;
  };
  switch (claim) {
    case Claim::idle:
      return displace_first(idle_, latest, network, end_idle);
    case Claim::unfinished:
      return displace_first(unfinished_, latest, network, end_unfinished);
    case Claim::held:
      return displace_first(held_, latest, network, end_with_next_answer);
  }
  return false;
}

void Reactor::begin_serving(tcp::socket socket, Slot slot, bool fresh) noexcept {
  try {
    serve(*this, std::move(socket), std::move(slot), fresh);
  } catch (const std::exception& failure) {  // no memory for the connection: drop it, keep accepting
    shared.log.warning(std::string("a connection was dropped: ") + failure.what());
  }
}

void Reactor::accept_failed(const boost::system::error_code& error) {
  complain("connections cannot be accepted: " + error.message());
}

void Reactor::complain(const std::string& why) {
  const Steady at = tick_;
  if (accept_complaint_ != Steady{} && at - accept_complaint_ < complaint_interval) return;
  accept_complaint_ = at;
  shared.log.warning(why);
}

awaitable<void> Reactor::sweep_loop() {
  for (;;) {
    sweep_timer_.expires_after(sweep_interval_);
    const auto [error] = co_await sweep_timer_.async_wait(tuple);
    if (error) break;
    sweep();
  }
}

void Reactor::sweep() {
  refresh_date();
  const Steady at = shared.clock.steady();
  tick_ = at;
  std::size_t connections = 0;
  for (LiveConnection& each : held_) {
    ++connections;
    if (each.phase_ == Phase::handling) {
      if (at - each.deadline_ >= gone_after) check_gone(each);
    } else if (at >= each.deadline_ || (each.phase_ == Phase::body && each.gave_way())) {
      each.expire();
    }
  }
  if (crowded_sweeps_ > 0)
    crowded_sweeps_ = waits_for_slot_ || has_backlog() ? sweeps_after_crowd : crowded_sweeps_ - 1;
  end_rush(connections);
  balance.update(at);
}

/// The allocator keeps the memory of closed connections; after a rush it is returned to the system.
void Reactor::end_rush(std::size_t connections) {
  most_connections_ = std::max(most_connections_, connections);
  if (most_connections_ < rush || connections > most_connections_ / 4) return;
  most_connections_ = connections;
  ::malloc_trim(0);
}

/// Detects a half-closed or reset connection even while pipelined bytes before the end are unread.
void Reactor::check_gone(LiveConnection& connection) noexcept {
  if (!connection.gone_ || *connection.gone_) return;
  pollfd watched{connection.socket().native_handle(), POLLRDHUP, 0};
  if (::poll(&watched, 1, 0) <= 0) return;
  if ((watched.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0) *connection.gone_ = true;
}

bool Reactor::has_backlog() noexcept {
  if (!acceptor_ || !acceptor_->is_open()) return false;
  pollfd watched{acceptor_->native_handle(), POLLIN, 0};
  return ::poll(&watched, 1, 0) > 0;
}

void Reactor::adopt(DetachedConnection connection) {
  boost::asio::post(io, [this, taken = std::move(connection)]() mutable {
    tcp::socket socket = taken.socket_on(io);
    begin_serving(std::move(socket), taken.take_slot(), false);
  });
}

void Reactor::refresh_date() {
  const Time wall = shared.clock.now();
  const std::int64_t second = to_millis(wall) / 1000;
  if (second == date_second_) return;
  date_second_ = second;
  date_ = format_http_date(wall);
}

void Reactor::drain() {
  boost::system::error_code ignored;
  balance.listens_on(-1);
  if (acceptor_) acceptor_->close(ignored);
  gate_.cancel();
  for (LiveConnection& each : held_) {
    if (each.phase_ == Phase::idle || each.phase_ == Phase::handshake) each.expire();
  }
}

void Reactor::abort_all() {
  for (LiveConnection& each : held_) {
    if (each.gone_) *each.gone_ = true;
    boost::system::error_code ignored;
    each.socket().close(ignored);
  }
}

}  // namespace portcullis::http
