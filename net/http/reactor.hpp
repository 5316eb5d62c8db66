#pragma once
// One reactor: an io_context that one thread runs, the connections living on it, and the sweep that enforces their
// deadlines and looks after its share of the load. Everything here is called on the reactor's own thread unless it says
// otherwise.

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
struct Held;     ///< tag: has a place
struct Waiting;  ///< tag: waits for its client
using HeldQueue = SinceQueue<LiveConnection, Held>;
using WaitingQueue = SinceQueue<LiveConnection, Waiting>;

/// The part of a connection that the sweep sees. Puts itself into its reactor's queues.
class LiveConnection : public Since<Held>, public Since<Waiting> {
 public:
  LiveConnection(const LiveConnection&) = delete;
  LiveConnection& operator=(const LiveConnection&) = delete;
  [[nodiscard]] virtual boost::asio::ip::tcp::socket& socket() noexcept = 0;
  /// The body it reads has lost its room to another one.
  [[nodiscard]] virtual bool gave_way() const noexcept = 0;

 protected:
  LiveConnection(class Reactor& reactor, Place place);
  virtual ~LiveConnection();

  /// Enters a phase that may last `limit`.
  void enter(Phase phase, std::chrono::milliseconds limit) noexcept;
  void enter_handling() noexcept;
  [[nodiscard]] Place take_place() noexcept { return std::move(place_); }

  Reactor& reactor_;
  Balance::Mark mark_;
  Phase phase_ = Phase::idle;
  bool has_asked_ = false;  ///< sent a request; who has not is bound by the time for a header
  bool expired_ = false;    ///< the deadline passed (or the server drains): whoever waits was woken to find out
  bool displaced_ = false;  ///< expired, because its place is needed
  bool leaves_ = false;     ///< ends with its next answer, because its place is needed
  Steady deadline_{};       ///< while handling: when the handler began
  std::shared_ptr<std::atomic<bool>> gone_;

 private:
  friend class Reactor;
  [[nodiscard]] WaitingQueue* queue_of(Phase phase) const noexcept;
  void wait_in(WaitingQueue* queue) noexcept;
  void expire() noexcept;
  Place place_;
  WaitingQueue* waits_in_ = nullptr;
};

class Reactor {
 public:
  Reactor(Shared& shared, std::uint32_t index);
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  /// Makes room for so many connections at once; before start().
  void expect(std::size_t connections);
  /// Runs accept loop and sweep; call before run().
  void start(boost::asio::ip::tcp::acceptor acceptor);
  /// The thread's body: returns when the io_context is stopped or out of work.
  void run();
  /// Closes the acceptor and wakes idle connections to end.
  void drain();
  /// Closes every socket; waiting operations end, handlers run to their end.
  void abort_all();

  /// The time of the last sweep: a deadline set from it ends up to one interval late, never early, and costs no clock.
  [[nodiscard]] Steady tick() const noexcept { return tick_; }
  [[nodiscard]] std::chrono::milliseconds sweep_interval() const noexcept { return sweep_interval_; }
  [[nodiscard]] std::string_view date() const noexcept { return date_; }

  /// Any thread.
  void adopt(DetachedConnection connection);
  /// Since when the first in this order of claims has its claim; Steady::max() where nobody has. Any thread.
  [[nodiscard]] Steady oldest(Claim claim) const noexcept;
  /// Takes the place of the first that has had this claim for its time; false where there is none. Of one network alone
  /// where that is given.
  bool displace(Claim claim, const std::optional<NetworkBytes>& network = std::nullopt);

  Shared& shared;
  const std::uint32_t index;
  Balance balance;

 private:
  friend class LiveConnection;
  void begin_serving(boost::asio::ip::tcp::socket socket, Place place, bool fresh) noexcept;
  awaitable<void> accept_loop();
  awaitable<Place> place_for(boost::asio::ip::tcp::endpoint peer);
  awaitable<void> wait_for_place(std::chrono::milliseconds limit);
  void refuse_share(const boost::asio::ip::address& peer);
  awaitable<void> sweep_loop();
  void sweep();
  void end_rush(std::size_t connections);
  void look_for_gone(LiveConnection& connection) noexcept;
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
  bool waits_for_place_ = false;
  /// Sweeps to go since a connection waited for a place, or to be accepted: who sent a request may be gone.
  unsigned crowded_sweeps_ = 0;
  std::size_t most_connections_ = 0;  ///< at a sweep, since memory last went back

 public:
  boost::asio::io_context io{1};  ///< after the list: its destructor destroys coroutines that still own connections

 private:
  boost::asio::steady_timer gate_{io};
  boost::asio::steady_timer sweep_timer_{io};
  std::optional<boost::asio::ip::tcp::acceptor> acceptor_;
};

/// Serves a socket until it closes. `fresh`: it has never sent a request, and has less time for it.
void serve(Reactor& reactor, boost::asio::ip::tcp::socket socket, Place place, bool fresh);

}  // namespace portcullis::http
