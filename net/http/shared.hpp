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
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "net/http/balance.hpp"
#include "net/http/body_room.hpp"
#include "net/http/client_ip.hpp"
#include "net/http/server.hpp"

namespace portcullis::http {

class Reactor;
struct Shared;
/// One of the places that a server has for connections; left at its end. Any thread.
class Place {
 public:
  Place() = default;
  Place(Place&& other) noexcept : shared_(std::exchange(other.shared_, nullptr)), network_(other.network_) {}
  Place& operator=(Place&& other) noexcept {
    std::swap(shared_, other.shared_);
    std::swap(network_, other.network_);
    return *this;
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place();
  explicit operator bool() const noexcept { return shared_ != nullptr; }
  /// Whose place it is; none where many people's connections come through one address.
  [[nodiscard]] const std::optional<NetworkBytes>& network() const noexcept { return network_; }

 private:
  friend struct Shared;
  Place(Shared* shared, const std::optional<NetworkBytes>& network) noexcept : shared_(shared), network_(network) {}
  Shared* shared_ = nullptr;
  std::optional<NetworkBytes> network_;
};

enum class Admission : std::uint8_t { admitted, no_place, no_share };

/// Why a connection has its place. When places run out, the first here is the first to lose it, and of each the oldest:
/// who waits between two requests; whose request is not whole, or whose answer is not taken; who asks again and again,
/// and ends with the next answer. A request that is being answered is never cut.
enum class Claim : std::uint8_t { idle, unfinished, held };

/// What all reactors of a server share; outlives them.
struct Shared {
  Shared(const ServerOptions& o, Handler h, Refusal r, Log& l);

  /// One of the connection places; none when all are taken, or the client's network has its share of them. Any thread.
  [[nodiscard]] std::pair<Admission, Place> take_place(const boost::asio::ip::address& peer);
  /// Has the connection of the least claim up to `last` lose its place, on `mine` where another reactor's is much the
  /// same; none where all claims are too young. On the thread of `mine`.
  std::optional<Claim> make_place(Reactor& mine, Claim last);
  /// Waits until no connection lives; false when `limit` passed first. Any thread but a reactor's.
  [[nodiscard]] bool wait_empty(std::chrono::milliseconds limit);

  const ServerOptions options;
  const Handler handler;
  const Refusal refusal;
  Log& log;
  SystemClock clock;
  std::optional<boost::asio::ssl::context> tls;
  bool loopback = false;
  std::atomic<std::size_t> places{0};  ///< that are taken
  BodyRoom bodies;
  std::atomic<bool> stopping{false};
  std::vector<Reactor*> reactors;  ///< all, from before the first runs
  Balances balances;

 private:
  friend class Place;
  [[nodiscard]] bool displace(Claim claim, Reactor& mine);
  void leave_place(const std::optional<NetworkBytes>& network) noexcept;
  [[nodiscard]] std::optional<NetworkBytes> counted_network(const boost::asio::ip::address& peer) const;

  const std::size_t share_;  ///< of the places, for one network
  std::mutex mutex_;
  std::condition_variable empty_;
  std::map<NetworkBytes, std::size_t> networks_;  ///< their places; no hash that strangers could make collide
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
