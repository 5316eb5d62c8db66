#pragma once
// One reactor: an io_context that one thread runs, its connections, and the sweep that enforces their deadlines and
// balances load. Everything here is called on the reactor's own thread unless it says otherwise.

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/clock.hpp"
#include "net/http/balance.hpp"
#include "net/http/shared.hpp"
#include "net/http/since_queue.hpp"

namespace portcullis::http {

/// What a connection waits for; decides what its deadline means.
enum class Phase : std::uint8_t { handshake, idle, header, body, handling, writing, closing };

class LiveConnection;
struct Held;     ///< tag: holds a slot
struct Waiting;  ///< tag: waits for its client
using HeldQueue = SinceQueue<LiveConnection, Held>;
using WaitingQueue = SinceQueue<LiveConnection, Waiting>;

/// The part of a connection that the sweep uses. Adds itself to its reactor's queues.
class LiveConnection : public Since<Held>, public Since<Waiting> {
 public:
  LiveConnection(const LiveConnection&) = delete;
  LiveConnection& operator=(const LiveConnection&) = delete;
  [[nodiscard]] virtual boost::asio::ip::tcp::socket& socket() noexcept = 0;
  /// The body it reads was evicted from the byte budget.
  [[nodiscard]] virtual bool gave_way() const noexcept = 0;

 protected:
  LiveConnection(class Reactor& reactor, Slot slot);
  virtual ~LiveConnection();

  /// Enters a phase that may last `limit`.
  void enter(Phase phase, std::chrono::milliseconds limit) noexcept;
  void enter_handling() noexcept;
  [[nodiscard]] Slot take_slot() noexcept { return std::move(slot_); }

  Reactor& reactor_;
  Balance::Mark mark_;
  Phase phase_ = Phase::idle;
  bool has_asked_ = false;  ///< has sent a request; before the first one the time for a header applies
  bool expired_ = false;    ///< the deadline passed (or the server drains), and the waiting coroutine was woken
  bool displaced_ = false;  ///< expired, because its slot is needed
  bool leaves_ = false;     ///< closes after its next answer, because its slot is needed
  Steady deadline_{};       ///< while handling: when the handler began
  std::shared_ptr<std::atomic<bool>> gone_;

 private:
  friend class Reactor;
  [[nodiscard]] WaitingQueue* queue_of(Phase phase) const noexcept;
  void wait_in(WaitingQueue* queue) noexcept;
  void expire() noexcept;
  Slot slot_;
  WaitingQueue* waits_in_ = nullptr;
};

class Reactor {
 public:
  Reactor(Shared& shared, std::uint32_t index);
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  /// Allocates for so many connections in advance; before start().
  void expect(std::size_t connections);
  /// Starts accept loop and sweep; call before run().
  void start(boost::asio::ip::tcp::acceptor acceptor);
  /// The thread's function: returns when the io_context is stopped or out of work.
  void run();
  /// Closes the acceptor and ends idle connections.
  void drain();
  /// Closes every socket; waiting operations end, handlers run to their end.
  void abort_all();

  /// The time of the last sweep: a deadline computed from it is up to one interval late, never early, and needs no
  /// clock reading.
  [[nodiscard]] Steady tick() const noexcept { return tick_; }
  [[nodiscard]] std::chrono::milliseconds sweep_interval() const noexcept { return sweep_interval_; }
  [[nodiscard]] std::string_view date() const noexcept { return date_; }

  /// Any thread.
  void adopt(DetachedConnection connection);
  /// Since when the oldest connection has this claim; Steady::max() when none has. Any thread.
  [[nodiscard]] Steady oldest(Claim claim) const noexcept;
  /// Ends the oldest connection that has had this claim for the claim time, of `network` only where that is given;
  /// false where there is none.
  bool displace(Claim claim, const std::optional<NetworkBytes>& network = std::nullopt);

  Shared& shared;
  const std::uint32_t index;
  Balance balance;

 private:
  friend class LiveConnection;
  void begin_serving(boost::asio::ip::tcp::socket socket, Slot slot, bool fresh) noexcept;
  awaitable<void> accept_loop();
  awaitable<Slot> slot_for(boost::asio::ip::tcp::endpoint peer);
  awaitable<void> wait_for_slot(std::chrono::milliseconds limit);
  void refuse_share(const boost::asio::ip::address& peer);
  awaitable<void> sweep_loop();
  void sweep();
  void end_rush(std::size_t connections);
  void check_gone(LiveConnection& connection) noexcept;
  [[nodiscard]] bool has_backlog() noexcept;
  void refresh_date();
  void accept_failed(const boost::system::error_code& error);
  void complain(const std::string& why);
  template <class Queue, class Displace>
  bool displace_first(Queue& queue, Steady latest, const std::optional<NetworkBytes>& network, Displace displace);

  HeldQueue held_;
  WaitingQueue idle_;
  WaitingQueue unfinished_;
  std::string date_;
  std::int64_t date_second_ = -1;
  Steady tick_{};
  Steady accept_complaint_{};
  std::chrono::milliseconds sweep_interval_{250};
  bool waits_for_slot_ = false;
  /// Sweeps left since a connection last waited for a slot or to be accepted. Meanwhile clients of running requests may
  /// have given up, so the sweep checks.
  unsigned crowded_sweeps_ = 0;
  std::size_t most_connections_ = 0;  ///< the most at a sweep since memory was last returned

 public:
  boost::asio::io_context io{1};  ///< after the queues: its destructor destroys coroutines that still own connections

 private:
  boost::asio::steady_timer gate_{io};
  boost::asio::steady_timer sweep_timer_{io};
  std::optional<boost::asio::ip::tcp::acceptor> acceptor_;
};

/// Serves a socket until it closes. `fresh`: it has never sent a request, and has less time for the first.
void serve(Reactor& reactor, boost::asio::ip::tcp::socket socket, Slot slot, bool fresh);

}  // namespace portcullis::http
