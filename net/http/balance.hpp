#pragma once
// Which reactor serves a connection: that of the processor its packets come in on, because a reactor woken from there
// waits for no other processor and finds the request in its own caches. The kernel gives new connections to it, and a
// connection follows its packets between two requests while one reactor could carry the load of all. A network card
// that interrupts one processor alone would so keep one reactor busy while the others rest; then connections go by the
// kernel's hash, and busy reactors give some of theirs to idle ones.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "core/scheduling.hpp"

namespace portcullis::http {

/// The n-th of the listeners on a port gets what comes in on the processor with the n-th of these numbers; what comes
/// in on others goes by the hash. `listener` is any of them. A hint: where the kernel will not, the hash stays.
void steer_by_processor(int listener, const std::vector<unsigned>& processors) noexcept;
void steer_by_hash(int listener) noexcept;

/// How many of its `active` connections a reactor should give to another one, by the shares of a processor that both
/// wanted in their last interval; 0 when it is not busy, or little busier than the other.
[[nodiscard]] std::size_t surplus(std::size_t active, double mine, double other) noexcept;

/// What the reactors of a server know of each other. Any thread.
struct Balances {
  explicit Balances(std::size_t reactors) : loads(reactors) {}

  std::vector<std::atomic<double>> loads;     ///< shares of time in which each wanted a processor, in its last interval
  std::vector<unsigned> processors;           ///< theirs, rising; empty where connections always go by the hash
  std::atomic<std::int64_t> spread_until{0};  ///< steady time, ns; 0 while new connections are steered
};

/// One reactor's part in it. Called on its thread alone.
class Balance {
 public:
  /// What it notes of a connection.
  struct Mark {
    std::uint64_t interval = 0;       ///< in which the connection was last active
    unsigned requests = 0;            ///< since it came to this reactor
    std::optional<std::size_t> home;  ///< the other reactor where its packets come in, if that was just asked
  };

  /// `all` outlives this.
  Balance(std::size_t index, Balances& all) noexcept;

  /// Its listener, which the server has steered by the processors already; -1 when it is closed.
  void listens_on(int listener) noexcept { listener_ = listener; }
  void count_accepted(Steady now);
  /// A connection has a request to answer, just read from that socket.
  void count_active(Mark& mark, int socket) noexcept;
  /// To be called often; looks at the loads a few times a second.
  void look(Steady now);
  /// Looks at them now, when its thread has wanted a processor for so long in all.
  void look(Steady now, std::chrono::nanoseconds wanted);
  /// The reactor where a connection should go whose request was just answered; usually none.
  [[nodiscard]] std::optional<std::size_t> better_place(const Mark& mark) noexcept;
  /// Lets new connections go by the hash for some seconds, until one reactor could carry the load of all.
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
  std::chrono::nanoseconds wanted_{};  ///< until measured_
  std::uint64_t interval_ = 1;
  std::size_t accepted_ = 0;  ///< in this interval
  std::size_t active_ = 0;    ///< connections in this interval
  std::size_t surplus_ = 0;   ///< of them, to be given to target_
  std::size_t target_ = 0;
  Steady settled_{};  ///< when what was given away last shows in the loads
  bool calm_ = true;  ///< one reactor could carry the load of all
};

}  // namespace portcullis::http
