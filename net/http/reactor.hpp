#pragma once
// One reactor: an io_context that one thread runs, the connections living on it, and the sweep that enforces their
// deadlines. Everything here is called on the reactor's own thread unless it says otherwise.

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "net/http/request_parser.hpp"
#include "net/http/server.hpp"

namespace portcullis::http {

/// What all reactors of a server share; outlives them.
struct Shared {
  Shared(const ServerOptions& o, Handler h, Refusal r, Log& l);

  /// Takes one of the connection places; false when all are taken. Any thread.
  [[nodiscard]] bool take_place() noexcept;
  void leave_place() noexcept;
  /// Waits until no connection lives; false when `limit` passed first. Any thread but a reactor's.
  [[nodiscard]] bool wait_empty(std::chrono::milliseconds limit);

  const ServerOptions options;
  const Handler handler;
  const Refusal refusal;
  Log& log;
  SystemClock clock;
  std::optional<boost::asio::ssl::context> tls;
  bool loopback = false;
  std::atomic<std::size_t> places{0};
  Room bodies;  ///< of requests
  std::atomic<bool> stopping{false};

 private:
  std::mutex mutex_;
  std::condition_variable empty_;
};

/// What a connection waits for; decides what its deadline means.
enum class Phase : std::uint8_t { handshake, idle, header, body, handling, writing, closing };

/// The part of a connection that the sweep sees. Links itself into its reactor's list.
class LiveConnection {
 public:
  LiveConnection(const LiveConnection&) = delete;
  LiveConnection& operator=(const LiveConnection&) = delete;
  [[nodiscard]] virtual boost::asio::ip::tcp::socket& socket() noexcept = 0;

 protected:
  explicit LiveConnection(class Reactor& reactor);
  virtual ~LiveConnection();

  /// Enters a phase that may last `limit`.
  void enter(Phase phase, std::chrono::milliseconds limit) noexcept;
  void enter_handling() noexcept;

  Reactor& reactor_;
  Phase phase_ = Phase::idle;
  bool expired_ = false;  ///< the deadline passed (or the server drains): whoever waits was woken to find out
  Steady deadline_{};     ///< while handling: when the handler began
  std::shared_ptr<std::atomic<bool>> gone_;

 private:
  friend class Reactor;
  LiveConnection* next_ = nullptr;
  LiveConnection* previous_ = nullptr;
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

  Shared& shared;
  const std::uint32_t index;

 private:
  friend class LiveConnection;
  void begin_serving(boost::asio::ip::tcp::socket socket) noexcept;
  awaitable<void> accept_loop();
  awaitable<void> sweep_loop();
  void sweep();
  void end_rush(std::size_t connections);
  void look_for_gone(LiveConnection& connection, Steady now);
  void refresh_date();
  void accept_failed(const boost::system::error_code& error);

  LiveConnection* first_ = nullptr;
  std::string date_;
  std::int64_t date_second_ = -1;
  Steady tick_{};
  Steady accept_complaint_{};
  std::chrono::milliseconds sweep_interval_{250};
  bool waits_for_place_ = false;
  std::size_t most_connections_ = 0;  ///< at a sweep, since memory last went back

 public:
  boost::asio::io_context io{1};  ///< after the list: its destructor destroys coroutines that still own connections

 private:
  boost::asio::steady_timer gate_{io};
  boost::asio::steady_timer sweep_timer_{io};
  std::optional<boost::asio::ip::tcp::acceptor> acceptor_;
};

/// Serves a fresh socket until it closes; owns it, and the place taken for it.
void serve(Reactor& reactor, boost::asio::ip::tcp::socket socket);

}  // namespace portcullis::http
