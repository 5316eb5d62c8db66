#pragma once
// An open-loop load generator: requests are due on a fixed schedule, whatever became of earlier ones, and a latency
// counts from the scheduled time to when the kernel received the answer's last byte, so a server that stalls hides
// nothing (no coordinated omission). One thread, epoll, a new connection whenever all are busy. HTTP/1.1 with
// keep-alive over loopback.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bench/load/histogram.hpp"

namespace portcullis::bench {

/// One kind of request, with its own connections.
struct LoadClass {
  std::string name;
  std::uint16_t port = 0;
  double rate = 0;                 ///< requests a second; 0 = none
  std::vector<std::string> texts;  ///< sent in turn
};

/// The scheduling priority of the generator.
enum class Priority : std::uint8_t {
  first,  ///< above all others, where the system permits: clients have processors of their own
  equal,  ///< as the server's reactors
  after,  ///< below them
};

/// The measured window follows a start, in which queues fill, and is followed by an end, which keeps the load up until
/// the window's requests are answered. All in seconds.
struct OpenLoopPlan {
  double before = 0;
  double window = 0;
  double after = 0;
  double patience = 1;  ///< after the end, for requests that are still unanswered
  Priority priority = Priority::first;
  std::chrono::microseconds tick{0};  ///< wakes at most once in this time, and is late by less
  std::size_t connection_limit = 20000;
  int good_status = 201;
  std::chrono::microseconds in_time{0};  ///< the latency up to which an answer of good_status is good
};

struct StatusOutcome {
  Histogram latency;
  Histogram since_sending;  ///< without the generator's own delay; printed beside `latency`, never instead of it
  std::uint64_t with_retry_after = 0;
};

/// The outcome of one class. Everything but `good` counts the requests that were due within the window.
struct ClassOutcome {
  std::string name;
  double seconds = 0;  ///< the window's
  std::uint64_t due = 0;
  std::uint64_t unsent = 0;      ///< no connection was free, or none could be opened
  std::uint64_t broken = 0;      ///< the connection ended before the answer
  std::uint64_t unanswered = 0;  ///< at the end of `patience`
  std::uint64_t good = 0;        ///< answers of good_status in time and within the window
  std::size_t connections = 0;   ///< the most that were open at the same time
  Histogram lag;                 ///< from the scheduled time to the sending: the generator's own delay
  std::map<int, StatusOutcome> by_status;

  [[nodiscard]] std::uint64_t count(int status) const;
  /// The latency of one status; an empty one when there was none.
  [[nodiscard]] const Histogram& latency(int status) const;
  [[nodiscard]] const Histogram& since_sending(int status) const;
  /// Adds the outcome of the same class in another run.
  void add(const ClassOutcome& other);
  /// Good answers a second.
  [[nodiscard]] double goodput() const { return seconds > 0 ? static_cast<double>(good) / seconds : 0; }
};

/// Runs all classes at once; outcomes in the order of the classes. Throws when the system refuses epoll.
[[nodiscard]] std::vector<ClassOutcome> open_loop(const std::vector<LoadClass>& classes, const OpenLoopPlan& plan);

}  // namespace portcullis::bench
