#pragma once
// What the reactors of a server have in common: options, the places for connections, loads; and a connection on its way
// from one to another. Any thread.

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "net/http/balance.hpp"
#include "net/http/body_room.hpp"
#include "net/http/server.hpp"

namespace portcullis::http {

class Reactor;
struct Shared;
struct LeavePlace {
  void operator()(Shared* shared) const noexcept;
};
/// One of the places that a server has for connections; leaves it at its end. Any thread.
using Place = std::unique_ptr<Shared, LeavePlace>;

/// What all reactors of a server share; outlives them.
struct Shared {
  Shared(const ServerOptions& o, Handler h, Refusal r, Log& l);

  /// One of the connection places; none when all are taken. Any thread.
  [[nodiscard]] Place take_place() noexcept;
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
  BodyRoom bodies;
  std::atomic<bool> stopping{false};
  std::vector<Reactor*> reactors;  ///< all, from before the first runs
  Balances balances;

 private:
  friend struct LeavePlace;
  void leave_place() noexcept;

  std::mutex mutex_;
  std::condition_variable empty_;
};

/// A connection between two requests and on no reactor. Closes it unless it is taken.
class DetachedConnection {
 public:
  /// Takes an open, plain connection from its reactor. Throws boost::system::system_error.
  DetachedConnection(boost::asio::ip::tcp::socket& socket, Place place);
  DetachedConnection(DetachedConnection&& other) noexcept
      : protocol_(other.protocol_),
        descriptor_(std::exchange(other.descriptor_, -1)),
        place_(std::move(other.place_)) {}
  DetachedConnection& operator=(DetachedConnection&&) = delete;
  DetachedConnection(const DetachedConnection&) = delete;
  DetachedConnection& operator=(const DetachedConnection&) = delete;
  ~DetachedConnection();
  /// The socket on another reactor. Throws boost::system::system_error.
  [[nodiscard]] boost::asio::ip::tcp::socket socket_on(boost::asio::io_context& io);
  [[nodiscard]] Place take_place() noexcept { return std::move(place_); }

 private:
  boost::asio::ip::tcp protocol_;
  int descriptor_;
  Place place_;
};

}  // namespace portcullis::http
