#include "bench/load/open_loop.hpp"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "bench/load/http_text.hpp"
#include "bench/load/schedule.hpp"
#include "core/scheduling.hpp"

namespace portcullis::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

constexpr rlim_t spare_files = 64;
/// The most requests sent before answers are read again, when the generator is late.
constexpr int burst = 64;
/// Answers are read before each request that is due, and at least this often.
constexpr std::chrono::milliseconds read_interval{5};

Clock::duration seconds(double value) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(value));
}
std::uint64_t microseconds(Clock::duration value) {
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::microseconds>(value).count()));
}

Clock::duration since_epoch(const timespec& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// When the kernel received what `message` holds; now, where there is no time stamp.
Time received_at(msghdr& message) {
  const Time now = Clock::now();
  timespec wall{};
  ::clock_gettime(CLOCK_REALTIME, &wall);  // the clock of the time stamps
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SO_TIMESTAMPNS) continue;
    timespec stamp{};
    std::memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
    return now - std::max(Clock::duration::zero(), since_epoch(wall) - since_epoch(stamp));
  }
  return now;
}

/// How many more files this process may open, for connections.
std::size_t allowed_connections(std::size_t wanted) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  return std::min<std::size_t>(wanted, files.rlim_cur > spare_files ? files.rlim_cur - spare_files : 1);
}

/// Source addresses, used in turn: when thousands of ports of one address are in use, the kernel takes long to find a
/// free one.
constexpr unsigned sources = 16;

/// A connection that is being opened or is open; -1 when the system refuses.
int begin_connect(std::uint16_t port, unsigned source) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  // Closing sends a reset: thousands of ports in TIME_WAIT would be missing in the next measurement.
  const linger reset{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + source % sources);
  ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 || errno == EINPROGRESS)
    return fd;
  ::close(fd);
  return -1;
}

struct Connection {
  int fd = -1;
  std::size_t owner = 0;  ///< index of its class
  bool busy = false;
  bool counts = false;  ///< its request was due within the measured window
  Time due{};
  Time sent{};
  std::string_view unsent;
  std::string received;
};

/// Between that of a server's reactors and that of its hash threads.
constexpr int modest_niceness = 5;

/// A generator that measures latencies must not wait for what it measures: its thread has priority over all others, or,
/// where that is not permitted, asks for short slices. When the wait of reactors is measured, they must not wait for
/// the generator.
void take_priority(Priority priority) {
  sched_param one{};
  one.sched_priority = ::sched_get_priority_min(SCHED_RR);
  if (priority == Priority::first && ::sched_setscheduler(0, SCHED_RR, &one) == 0) return;
  ask_for_short_slices();
  if (priority == Priority::after) give_way(modest_niceness);
}

class Generator {
 public:
  Generator(const std::vector<LoadClass>& classes, const OpenLoopPlan& plan);
  ~Generator();
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;
  std::vector<ClassOutcome> run();

 private:
  struct Lane {
    const LoadClass* what = nullptr;
    std::optional<Schedule> schedule;
    std::vector<std::size_t> idle;
    ClassOutcome outcome;
    std::size_t open = 0;
  };

  [[nodiscard]] Lane* next_lane();
  [[nodiscard]] bool in_window(Time at) const { return at >= window_from_ && at < window_until_; }
  void send_due(Lane& lane);
  [[nodiscard]] std::optional<std::size_t> connection_for(Lane& lane, std::size_t owner);
  [[nodiscard]] std::optional<std::size_t> open_connection(Lane& lane, std::size_t owner);
  void flush(std::size_t number);
  void receive(std::size_t number);
  void finish(std::size_t number, std::size_t length, Time at);
  void drop(std::size_t number);
  void read_answers();

  const OpenLoopPlan plan_;
  const std::size_t limit_;
  Time window_from_, window_until_, end_;
  std::vector<Lane> lanes_;
  std::vector<Connection> connections_;
  std::vector<std::size_t> closed_;  ///< free slots
  std::size_t waiting_ = 0;          ///< requests of the measured window without an answer
  unsigned opened_ = 0;
  int epoll_ = -1;
  std::array<char, 64 * 1024> chunk_;
};

Generator::Generator(const std::vector<LoadClass>& classes, const OpenLoopPlan& plan)
    : plan_(plan), limit_(allowed_connections(plan.connection_limit)), lanes_(classes.size()) {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) throw std::runtime_error("no epoll");
  const Time start = Clock::now();
  window_from_ = start + seconds(plan.before);
  window_until_ = window_from_ + seconds(plan.window);
  end_ = window_until_ + seconds(plan.after);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    Lane& lane = lanes_[i];
    lane.what = &classes[i];
    lane.outcome.name = classes[i].name;
    lane.outcome.seconds = plan.window;
    if (classes[i].rate <= 0) continue;
    // Classes of one rate alternate instead of being due together.
    const double offset = static_cast<double>(i) / static_cast<double>(classes.size()) / classes[i].rate;
    lane.schedule.emplace(start + seconds(offset), classes[i].rate);
  }
}

Generator::~Generator() {
  for (const Connection& each : connections_)
    if (each.fd >= 0) ::close(each.fd);
  ::close(epoll_);
}

/// The class whose request is due first, or none when no more are due before the end.
Generator::Lane* Generator::next_lane() {
  Lane* first = nullptr;
  for (Lane& lane : lanes_)
    if (lane.schedule && (!first || lane.schedule->due() < first->schedule->due())) first = &lane;
  return first && first->schedule->due() < end_ ? first : nullptr;
}

std::optional<std::size_t> Generator::open_connection(Lane& lane, std::size_t owner) {
  if (connections_.size() - closed_.size() >= limit_) return std::nullopt;
  const int fd = begin_connect(lane.what->port, ++opened_);
  if (fd < 0) return std::nullopt;
  if (closed_.empty()) {
    closed_.push_back(connections_.size());
    connections_.emplace_back();
  }
  const std::size_t number = closed_.back();
  closed_.pop_back();
  connections_[number].fd = fd;
  connections_[number].owner = owner;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLET;
  event.data.u64 = number;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  lane.outcome.connections = std::max(lane.outcome.connections, ++lane.open);
  return number;
}

std::optional<std::size_t> Generator::connection_for(Lane& lane, std::size_t owner) {
  if (lane.idle.empty()) return open_connection(lane, owner);
  const std::size_t number = lane.idle.back();
  lane.idle.pop_back();
  return number;
}

void Generator::send_due(Lane& lane) {
  const Time due = lane.schedule->due();
  const std::string& text = lane.what->texts[lane.schedule->number() % lane.what->texts.size()];
  lane.schedule->take();
  const bool counts = in_window(due);
  if (counts) ++lane.outcome.due;
  const auto number = connection_for(lane, static_cast<std::size_t>(&lane - lanes_.data()));
  if (!number) {
    if (counts) ++lane.outcome.unsent;
    return;
  }
  Connection& c = connections_[*number];
  c.busy = true;
  c.counts = counts;
  c.due = due;
  c.sent = Clock::now();
  c.unsent = text;
  if (counts) {
    ++waiting_;
    lane.outcome.lag.record(microseconds(c.sent - due));
  }
  flush(*number);
}

void Generator::flush(std::size_t number) {
  Connection& c = connections_[number];
  while (!c.unsent.empty()) {
    const ssize_t sent = ::send(c.fd, c.unsent.data(), c.unsent.size(), MSG_NOSIGNAL);
    // Not connected yet counts as full: the event for writing follows.
    if (sent < 0 && (errno == EAGAIN || errno == ENOTCONN || errno == EINPROGRESS)) return;
    if (sent <= 0) return drop(number);
    c.unsent.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Generator::receive(std::size_t number) {
  Connection& c = connections_[number];
  while (true) {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec))> stamps;
    iovec text{chunk_.data(), chunk_.size()};
    msghdr message{};
    message.msg_iov = &text;
    message.msg_iovlen = 1;
    message.msg_control = stamps.data();
    message.msg_controllen = stamps.size();
    const ssize_t got = ::recvmsg(c.fd, &message, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return drop(number);
    c.received.append(chunk_.data(), static_cast<std::size_t>(got));
    const std::size_t length = c.busy ? response_length(c.received) : 0;
    if (length > 0) finish(number, length, received_at(message));
    if (static_cast<std::size_t>(got) < chunk_.size()) return;
  }
}

void Generator::finish(std::size_t number, std::size_t length, Time at) {
  Connection& c = connections_[number];
  Lane& lane = lanes_[c.owner];
  const int status = status_of(c.received);
  if (c.counts) {
    --waiting_;
    StatusOutcome& outcome = lane.outcome.by_status[status];
    outcome.latency.record(microseconds(at - c.due));
    outcome.since_sending.record(microseconds(at - c.sent));
    if (has_header(std::string_view(c.received).substr(0, length), "retry-after")) ++outcome.with_retry_after;
  }
  if (status == plan_.good_status && in_window(at) && at - c.due <= plan_.in_time) ++lane.outcome.good;
  c.received.erase(0, length);
  c.busy = false;
  lane.idle.push_back(number);
}

void Generator::drop(std::size_t number) {
  Connection& c = connections_[number];
  Lane& lane = lanes_[c.owner];
  if (c.busy && c.counts) {
    --waiting_;
    ++lane.outcome.broken;
  }
  if (!c.busy) std::erase(lane.idle, number);
  ::close(c.fd);
  --lane.open;
  c = Connection{};
  closed_.push_back(number);
}

void Generator::read_answers() {
  std::array<epoll_event, 256> events;
  int ready = 0;
  do {
    ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < ready; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      const auto number = static_cast<std::size_t>(event.data.u64);
      if ((event.events & EPOLLOUT) && connections_[number].fd >= 0) flush(number);
      if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && connections_[number].fd >= 0) receive(number);
    }
  } while (ready == static_cast<int>(events.size()));
}

std::vector<ClassOutcome> Generator::run() {
  const Time give_up = end_ + seconds(plan_.patience);
  while (true) {
    const Time now = Clock::now();
    Lane* lane = next_lane();
    for (int i = 0; i < burst && lane && lane->schedule->due() <= now; ++i) {
      send_due(*lane);
      lane = next_lane();
    }
    if (!lane && (waiting_ == 0 || now >= give_up)) break;
    // Answers do not wake the generator: that would cost as much as all other work, and the kernel stamps their
    // arrival.
    const Time next = std::max(lane ? lane->schedule->due() : give_up, now + plan_.tick);
    std::this_thread::sleep_until(std::min(next, now + read_interval));
    read_answers();
  }
  for (const Connection& each : connections_)
    if (each.fd >= 0 && each.busy && each.counts) ++lanes_[each.owner].outcome.unanswered;
  std::vector<ClassOutcome> outcomes;
  for (Lane& lane : lanes_) outcomes.push_back(std::move(lane.outcome));
  return outcomes;
}

}  // namespace

void ClassOutcome::add(const ClassOutcome& other) {
  name = other.name;
  seconds += other.seconds;
  due += other.due;
  unsent += other.unsent;
  broken += other.broken;
  unanswered += other.unanswered;
  good += other.good;
  connections = std::max(connections, other.connections);
  lag.add(other.lag);
  for (const auto& [status, outcome] : other.by_status) {
    StatusOutcome& own = by_status[status];
    own.latency.add(outcome.latency);
    own.since_sending.add(outcome.since_sending);
    own.with_retry_after += outcome.with_retry_after;
  }
}

std::uint64_t ClassOutcome::count(int status) const { return latency(status).count(); }

const Histogram& ClassOutcome::latency(int status) const {
  static const Histogram none;
  const auto found = by_status.find(status);
  return found == by_status.end() ? none : found->second.latency;
}

const Histogram& ClassOutcome::since_sending(int status) const {
  const auto found = by_status.find(status);
  return found == by_status.end() ? latency(status) : found->second.since_sending;
}

std::vector<ClassOutcome> open_loop(const std::vector<LoadClass>& classes, const OpenLoopPlan& plan) {
  // On a thread of its own, because its scheduling priority ends with it.
  return std::async(std::launch::async,
                    [&] {
                      take_priority(plan.priority);
                      return std::make_unique<Generator>(classes, plan)->run();
                    })
      .get();
}

}  // namespace portcullis::bench
