#pragma once
// Which reactor serves a connection: that of the processor on which its packets come in, because a reactor that is
// woken there waits for no other processor and finds the request in that processor's caches. The kernel gives new
// connections to it, and a connection moves with its packets between two requests while one reactor could carry the
// load of all. With a network card that interrupts one processor only, this would keep one reactor busy and the others
// idle; under such load new connections go by the kernel's hash, and busy reactors move some of their connections to
// idle ones.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "core/scheduling.hpp"

namespace portcullis::http {

/// The n-th of the listeners on a port gets the connections that come in on the processor with the n-th of these
/// numbers; those that come in on other processors go by the hash. `listener` is any of the listeners. A hint: where
/// the kernel refuses, all go by the hash.
void steer_by_processor(int listener, const std::vector<unsigned>& processors) noexcept;
void steer_by_hash(int listener) noexcept;

/// How many of its `active` connections a reactor should move to another one, from the shares of a processor that both
/// needed in their last interval; 0 when it is not busy, or little busier than the other.
[[nodiscard]] std::size_t surplus(std::size_t active, double mine, double other) noexcept;

/// The loads and steering that the reactors of a server share. Any thread.
struct Balances {
  explicit Balances(std::size_t reactors) : loads(reactors) {}

  std::vector<std::atomic<double>> loads;  ///< share of time in which each needed a processor, in its last interval
  std::vector<unsigned> processors;  ///< the reactors' own, ascending; empty where connections always go by the hash
  std::atomic<std::int64_t> spread_until{0};  ///< steady time, ns; 0 while new connections are steered
};

/// One reactor's part of the balancing. Called on its thread only.
class Balance {
 public:
  /// What is noted about a connection.
  struct Mark {
    std::uint64_t interval = 0;       ///< in which the connection was last active
    unsigned requests = 0;            ///< since it moved to this reactor
    std::optional<std::size_t> home;  ///< another reactor on whose processor its packets were just seen to come in
  };

  /// `all` outlives this.
  Balance(std::size_t index, Balances& all) noexcept;

  /// The reactor's listener, which the server has steered by processors already; -1 when it is closed.
  void listens_on(int listener) noexcept { listener_ = listener; }
  void count_accepted(Steady now);
  /// A connection has read a request from that socket, which is to be answered.
  void count_active(Mark& mark, int socket) noexcept;
  /// Measures and decides a few times a second; to be called more often.
  void update(Steady now);
  /// Looks at them now, when its thread has wanted a processor for so long in all.
  void update(Steady now, std::chrono::nanoseconds wanted);
  /// The reactor where a connection should go whose request was just answered; usually none.
  [[nodiscard]] std::optional<std::size_t> better_reactor(const Mark& mark) noexcept;
  /// Lets new connections go by the kernel's hash for some seconds, until one reactor could carry the load of all.
  void spread(Steady now);

 private:
  [[nodiscard]] std::optional<std::size_t> home(int socket) const noexcept;
  void measure(Steady now, std::chrono::nanoseconds wanted);
  void decide(Steady now);
  void steer_again(Steady now);

  const std::size_t index_;
  Balances& all_;
  int listener_ = -1;
  ProcessorDemand demand_;
  Steady measured_{};
  std::chrono::nanoseconds wanted_{};  ///< demand until measured_
  std::uint64_t interval_ = 1;
  std::size_t accepted_ = 0;  ///< in this interval
  std::size_t active_ = 0;    ///< connections in this interval
  std::size_t surplus_ = 0;   ///< how many of them are to move to target_
  std::size_t target_ = 0;
  Steady settled_{};          ///< from then on the loads show the effect of the last move
  bool one_suffices_ = true;  ///< one reactor could carry the load of all
};

}  // namespace portcullis::http
