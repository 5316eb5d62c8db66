#include "net/http/balance.hpp"

#include <linux/filter.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <utility>

#include "core/scheduling.hpp"

namespace portcullis::http {

namespace {

using namespace std::chrono_literals;

constexpr double busy_share = 0.5;          // of a processor; below it requests hardly wait for the reactor
constexpr double one_reactor_share = 0.35;  // of one processor; the demand of all reactors together
constexpr double wide_gap = 0.25;           // smaller differences are ignored, or connections would move back and forth
constexpr auto load_interval = 250ms;
constexpr auto settling = 4 * load_interval;  // by then each reactor has measured a whole interval
constexpr auto spread_time = 10s;
constexpr unsigned asked_every = 16;  // requests within an interval: asking costs a system call, and moving some 30 us
constexpr unsigned least_requests = 2;  // of a connection that moves: many are closed after one
constexpr std::size_t burst = 1024;     // connections in an interval; a backlog of the kernel holds four times as many

sock_filter step(unsigned code, std::uint32_t value, std::uint8_t otherwise_skip = 0) {
  return {static_cast<std::uint16_t>(code), 0, otherwise_skip, value};
}

}  // namespace

void steer_by_processor(int listener, const std::vector<unsigned>& processors) noexcept {
  std::array<sock_filter, BPF_MAXINSNS> steps{};
  if (2 * processors.size() + 2 > steps.size()) return;
  auto next = steps.begin();
  *next++ = step(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_CPU));
  for (std::size_t i = 0; i < processors.size(); ++i) {
    *next++ = step(BPF_JMP | BPF_JEQ | BPF_K, processors[i], 1);
    *next++ = step(BPF_RET | BPF_K, static_cast<std::uint32_t>(i));
  }
  *next++ = step(BPF_RET | BPF_K, std::numeric_limits<std::uint32_t>::max());  // no listener: the kernel's hash decides
  const sock_fprog program{static_cast<unsigned short>(next - steps.begin()), steps.data()};
  static_cast<void>(::setsockopt(listener, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program));
}

void steer_by_hash(int listener) noexcept {
  const int ignored = 0;
  static_cast<void>(::setsockopt(listener, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, &ignored, sizeof ignored));
}

std::size_t surplus(std::size_t active, double mine, double other) noexcept {
  if (mine < busy_share || mine - other < wide_gap) return 0;
  return static_cast<std::size_t>(static_cast<double>(active) * (mine - other) / (2 * mine));
}

Balance::Balance(std::size_t index, Balances& all) noexcept : index_(index), all_(all) {}

void Balance::count_accepted(Steady at) {
  if (++accepted_ == burst) spread(at);  // one reactor alone would be too slow to empty its backlog
}

/// The processor is asked for before the answer is sent, because the acknowledgement of the answer may come in on
/// another one.
void Balance::count_active(Mark& mark, int socket) noexcept {
  ++mark.requests;
  const bool begins = mark.interval != interval_;
  const bool asks = mark.requests >= least_requests && (begins || mark.requests % asked_every == 0);
  mark.home = asks ? home(socket) : std::nullopt;
  if (!begins) return;
  mark.interval = interval_;
  ++active_;
}

void Balance::update(Steady at) {
  if (all_.loads.size() < 2 || at - measured_ < load_interval) return;
  update(at, demand_.total());
}

void Balance::update(Steady at, std::chrono::nanoseconds wanted) {
  measure(at, wanted);
  decide(at);
  steer_again(at);
}

void Balance::measure(Steady at, std::chrono::nanoseconds wanted) {
  if (measured_ != Steady{}) {
    const std::chrono::duration<double> busy = wanted - wanted_;
    const std::chrono::duration<double> passed = at - measured_;
    all_.loads[index_] = busy / passed;
  }
  measured_ = at;
  wanted_ = wanted;
}

/// Decides how many connections to move in the interval that begins, and to which reactor.
void Balance::decide(Steady at) {
  const std::size_t active = std::exchange(active_, 0);
  ++interval_;
  surplus_ = 0;
  accepted_ = 0;
  std::vector<std::atomic<double>>& loads = all_.loads;
  one_suffices_ = std::accumulate(loads.begin(), loads.end(), 0.0) <= one_reactor_share;
  const double mine = loads[index_];
  if (mine < busy_share || at < settled_) return;
  target_ = static_cast<std::size_t>(std::min_element(loads.begin(), loads.end()) - loads.begin());
  const double other = loads[target_];
  surplus_ = surplus(active, mine, other);
  if (surplus_ == 0) return;
  loads[target_].fetch_add((mine - other) / 2);  // for reactors that decide before that one measures again
  settled_ = at + settling;
  spread(at);
}

std::optional<std::size_t> Balance::better_reactor(const Mark& mark) noexcept {
  if (surplus_ > 0 && mark.requests >= least_requests) {
    --surplus_;
    return target_;
  }
  return mark.home;
}

/// The reactor of the processor on which the last packet came in; none when it is this one, or when one reactor could
/// not carry the load of all.
std::optional<std::size_t> Balance::home(int socket) const noexcept {
  int processor = -1;
  socklen_t size = sizeof processor;
  const std::vector<unsigned>& processors = all_.processors;
  if (!one_suffices_ || processors.empty() || all_.spread_until != 0) return std::nullopt;
  if (::getsockopt(socket, SOL_SOCKET, SO_INCOMING_CPU, &processor, &size) != 0 || processor < 0) return std::nullopt;
  const auto wanted = static_cast<unsigned>(processor);
  const auto found = std::lower_bound(processors.begin(), processors.end(), wanted);
  if (found == processors.end() || *found != wanted) return std::nullopt;
  const auto position = static_cast<std::size_t>(found - processors.begin());
  return position != index_ ? std::optional(position) : std::nullopt;
}

void Balance::spread(Steady at) {
  if (all_.processors.empty()) return;
  all_.spread_until = (at + spread_time).time_since_epoch().count();
  steer_by_hash(listener_);  // each time, because another reactor may have steered at the same moment
}

void Balance::steer_again(Steady at) {
  std::int64_t until = all_.spread_until;
  if (until == 0 || at.time_since_epoch().count() < until || !one_suffices_) return;
  if (all_.spread_until.compare_exchange_strong(until, 0)) steer_by_processor(listener_, all_.processors);
}

}  // namespace portcullis::http
