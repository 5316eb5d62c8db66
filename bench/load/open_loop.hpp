#pragma once
// An open-loop load generator: requests arrive on a fixed schedule, whatever became of those before, and a latency
// counts from the scheduled time, so a server that stalls hides nothing (no coordinated omission), to when the kernel
// received the answer's last byte. One thread, epoll, a new connection whenever all are busy. HTTP/1.1 with keep-alive
// over loopback.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bench/load/histogram.hpp"

namespace portcullis::bench {

/// One kind of request, with connections of its own.
struct LoadClass {
  std::string name;
  std::uint16_t port = 0;
  double rate = 0;                 ///< arrivals a second; 0 = none
  std::vector<std::string> texts;  ///< sent in turn
};

/// Where the generator stands among the threads that want a processor.
enum class Place : std::uint8_t {
  first,  ///< before all others, where the system permits: clients have processors of their own
  equal,  ///< beside the server's reactors
  after,  ///< behind them
};

/// The measured window lies between a start, in which queues fill, and an end, which keeps the pressure on until the
/// window's requests are answered. All in seconds.
struct OpenLoopPlan {
  double before = 0;
  double window = 0;
  double after = 0;
  double patience = 1;  ///< after the end, for what is still unanswered
  Place place = Place::first;
  std::chrono::microseconds tick{0};  ///< it wakes at most once in so long, and is late by less
  std::size_t connection_limit = 20000;
  int good_status = 201;
  std::chrono::microseconds in_time{0};  ///< how late an answer of good_status is still good
};

struct StatusOutcome {
  Histogram latency;
  Histogram since_sending;  ///< the same without the generator's lag; beside `latency`, never instead of it
  std::uint64_t with_retry_after = 0;
};

/// What became of one class. Everything but `good` tells of the requests that were due within the window.
struct ClassOutcome {
  std::string name;
  double seconds = 0;  ///< the window's
  std::uint64_t due = 0;
  std::uint64_t unsent = 0;      ///< no connection was left, or none could be opened
  std::uint64_t broken = 0;      ///< the connection ended before the answer
  std::uint64_t unanswered = 0;  ///< when patience was over
  std::uint64_t good = 0;        ///< answers of good_status that came in time and within the window
  std::size_t connections = 0;   ///< the most that were open
  Histogram lag;                 ///< from the scheduled time to the sending, the generator's own fault
  std::map<int, StatusOutcome> by_status;

  [[nodiscard]] std::uint64_t count(int status) const;
  /// The latency of one status; an empty one when there was none.
  [[nodiscard]] const Histogram& latency(int status) const;
  [[nodiscard]] const Histogram& since_sending(int status) const;
  /// Adds what became of the same class in another run.
  void add(const ClassOutcome& other);
  /// Good answers a second.
  [[nodiscard]] double goodput() const { return seconds > 0 ? static_cast<double>(good) / seconds : 0; }
};

/// Runs all classes at once; outcomes in their order. Throws when the system refuses epoll.
[[nodiscard]] std::vector<ClassOutcome> open_loop(const std::vector<LoadClass>& classes, const OpenLoopPlan& plan);

}  // namespace portcullis::bench
