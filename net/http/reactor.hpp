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

namespace portcullis::http {

/// What a connection waits for; decides what its deadline means.
enum class Phase : std::uint8_t { handshake, idle, header, body, handling, writing, closing };

/// The part of a connection that the sweep sees. Links itself into its reactor's list.
class LiveConnection {
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
  Steady deadline_{};       ///< while handling: when the handler began
  std::shared_ptr<std::atomic<bool>> gone_;

 private:
  friend class Reactor;
  Place place_;
  void become_idle() noexcept;
  void end_idle() noexcept;
  LiveConnection* next_ = nullptr;
  LiveConnection* previous_ = nullptr;
  // Among those that wait for a request, in the order in which they began to:
  bool is_idle_ = false;
  Steady idle_since_{};
  LiveConnection* later_ = nullptr;
  LiveConnection* earlier_ = nullptr;
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
  /// Since when the connection waits for a request that has waited longest; Steady::max() for none. Any thread.
  [[nodiscard]] Steady longest_idle() const noexcept { return Steady(Steady::duration(longest_idle_.load())); }
  /// Closes that connection; false when all have something to read, or have waited for less than `place_time`. Of one
  /// network alone where that is given.
  bool end_longest_idle(const std::optional<NetworkBytes>& network = std::nullopt);

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
  void tell_longest_idle() noexcept;

  LiveConnection* first_ = nullptr;
  LiveConnection* first_idle_ = nullptr;
  LiveConnection* last_idle_ = nullptr;
  std::atomic<Steady::duration::rep> longest_idle_{Steady::max().time_since_epoch().count()};
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
