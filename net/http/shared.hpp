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
#include "net/http/body_budget.hpp"
#include "net/http/client_ip.hpp"
#include "net/http/server.hpp"

namespace portcullis::http {

class Reactor;
struct Shared;
/// One of the server's connection slots; returned by the destructor. Any thread.
class Slot {
 public:
  Slot() = default;
  Slot(Slot&& other) noexcept : shared_(std::exchange(other.shared_, nullptr)), network_(other.network_) {}
  Slot& operator=(Slot&& other) noexcept {
    std::swap(shared_, other.shared_);
    std::swap(network_, other.network_);
    return *this;
  }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot();
  explicit operator bool() const noexcept { return shared_ != nullptr; }
  /// The network that the slot counts for; none for an address that many clients share.
  [[nodiscard]] const std::optional<NetworkBytes>& network() const noexcept { return network_; }

 private:
  friend struct Shared;
  Slot(Shared* shared, const std::optional<NetworkBytes>& network) noexcept : shared_(shared), network_(network) {}
  Shared* shared_ = nullptr;
  std::optional<NetworkBytes> network_;
};

enum class Admission : std::uint8_t { admitted, no_slot, no_share };

/// The state in which a connection holds its slot. When slots run out, connections lose theirs in this order, the
/// oldest of each state first: those that wait between two requests; those whose request is not complete, or whose
/// answer is not read; and those that keep sending requests, which end with their next answer. A request that is being
/// answered is never interrupted.
enum class Claim : std::uint8_t { idle, unfinished, held };

/// What all reactors of a server share; outlives them.
struct Shared {
  Shared(const ServerOptions& o, Handler h, Refusal r, Log& l);

  /// A connection slot; none when all are taken, or when the client's network has its share of them. Any thread.
  [[nodiscard]] std::pair<Admission, Slot> take_slot(const boost::asio::ip::address& peer);
  /// Ends the first connection by the order of claims up to `last`, one of `mine` where another reactor's is hardly
  /// older; none where all claims are too young. Answers the claim that the connection had. On the thread of `mine`.
  std::optional<Claim> free_a_slot(Reactor& mine, Claim last);
  /// When a connection last left of its own accord; of the start where none has. Any thread.
  [[nodiscard]] Steady last_left() const noexcept { return Steady(Steady::duration(last_left_)); }
  void note_left() noexcept { last_left_ = clock.steady().time_since_epoch().count(); }
  /// Waits until no connection lives; false when `limit` passed first. Any thread but a reactor's.
  [[nodiscard]] bool wait_empty(std::chrono::milliseconds limit);

  const ServerOptions options;
  const Handler handler;
  const Refusal refusal;
  Log& log;
  SystemClock clock;
  std::optional<boost::asio::ssl::context> tls;
  bool loopback = false;
  std::atomic<std::size_t> slots{0};  ///< taken ones
  BodyBudget bodies;
  std::atomic<bool> stopping{false};
  std::vector<Reactor*> reactors;  ///< all of them, set before the first runs
  Balances balances;

 private:
  friend class Slot;
  [[nodiscard]] bool displace(Claim claim, Reactor& mine);
  void return_slot(const std::optional<NetworkBytes>& network) noexcept;
  [[nodiscard]] std::optional<NetworkBytes> counted_network(const boost::asio::ip::address& peer) const;

  std::atomic<Steady::rep> last_left_;  ///< ticks of the steady clock
  const std::size_t share_;             ///< of the slots, for one network
  std::mutex mutex_;
  std::condition_variable empty_;
  std::map<NetworkBytes, std::size_t> networks_;  ///< their slots; not hashed: clients cannot provoke collisions
};

/// A connection between two requests that is on no reactor. Closes it unless the socket is taken out.
class DetachedConnection {
 public:
  /// Takes an open, plain connection from its reactor. Throws boost::system::system_error.
  DetachedConnection(boost::asio::ip::tcp::socket& socket, Slot slot);
  DetachedConnection(DetachedConnection&& other) noexcept
      : protocol_(other.protocol_), descriptor_(std::exchange(other.descriptor_, -1)), slot_(std::move(other.slot_)) {}
  DetachedConnection& operator=(DetachedConnection&&) = delete;
  DetachedConnection(const DetachedConnection&) = delete;
  DetachedConnection& operator=(const DetachedConnection&) = delete;
  ~DetachedConnection();
  /// Opens the socket on another reactor. Throws boost::system::system_error.
  [[nodiscard]] boost::asio::ip::tcp::socket socket_on(boost::asio::io_context& io);
  [[nodiscard]] Slot take_slot() noexcept { return std::move(slot_); }

 private:
  boost::asio::ip::tcp protocol_;
  int descriptor_;
  Slot slot_;
};

}  // namespace portcullis::http
