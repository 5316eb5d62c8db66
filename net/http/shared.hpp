#pragma once
// What the reactors of a server share: options, connection slots, loads; and a connection that moves from one to
// another. Any thread.

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
/// One of the server's connection slots; returned by the destructor. Any thread.
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
  /// The network that the slot counts for; none for an address that many clients share.
  [[nodiscard]] const std::optional<NetworkBytes>& network() const noexcept { return network_; }

 private:
  friend struct Shared;
  Place(Shared* shared, const std::optional<NetworkBytes>& network) noexcept : shared_(shared), network_(network) {}
  Shared* shared_ = nullptr;
  std::optional<NetworkBytes> network_;
};

enum class Admission : std::uint8_t { admitted, no_place, no_share };

/// The state in which a connection holds its slot. When slots run out, connections lose theirs in this order, the
/// oldest of each state first: those that wait between two requests; those whose request is not complete, or whose
/// answer is not read; and those that keep sending requests, which end with their next answer. A request that is being
/// answered is never interrupted.
enum class Claim : std::uint8_t { idle, unfinished, held };

/// What all reactors of a server share; outlives them.
struct Shared {
  Shared(const ServerOptions& o, Handler h, Refusal r, Log& l);

  /// A connection slot; none when all are taken, or when the client's network has its share of them. Any thread.
  [[nodiscard]] std::pair<Admission, Place> take_place(const boost::asio::ip::address& peer);
  /// Ends the first connection by the order of claims up to `last`, one of `mine` where another reactor's is hardly
  /// older; none where all claims are too young. Answers the claim that the connection had. On the thread of `mine`.
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
  std::atomic<std::size_t> places{0};  ///< taken ones
  BodyRoom bodies;
  std::atomic<bool> stopping{false};
  std::vector<Reactor*> reactors;  ///< all of them, set before the first runs
  Balances balances;

 private:
  friend class Place;
  [[nodiscard]] bool displace(Claim claim, Reactor& mine);
  void leave_place(const std::optional<NetworkBytes>& network) noexcept;
  [[nodiscard]] std::optional<NetworkBytes> counted_network(const boost::asio::ip::address& peer) const;

  const std::size_t share_;  ///< of the slots, for one network
  std::mutex mutex_;
  std::condition_variable empty_;
  std::map<NetworkBytes, std::size_t> networks_;  ///< their slots; not hashed: clients cannot provoke collisions
};

/// A connection between two requests that is on no reactor. Closes it unless the socket is taken out.
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
  /// Opens the socket on another reactor. Throws boost::system::system_error.
  [[nodiscard]] boost::asio::ip::tcp::socket socket_on(boost::asio::io_context& io);
  [[nodiscard]] Place take_place() noexcept { return std::move(place_); }

 private:
  boost::asio::ip::tcp protocol_;
  int descriptor_;
  Place place_;
};

}  // namespace portcullis::http
