#include "net/http/shared.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>

#include "net/http/reactor.hpp"

namespace portcullis::http {

namespace {

/// A network gets at most a quarter of the slots, so that one network alone cannot shut others out.
constexpr std::size_t network_share = 4;
constexpr std::size_t least_share = 16;

}  // namespace

using boost::asio::ip::tcp;

Shared::Shared(const ServerOptions& o, Handler h, Refusal r, Log& l)
    : options(o),
      handler(std::move(h)),
      refusal(std::move(r)),
      log(l),
      bodies(o.limits.large_bodies, clock),
      balances(std::max<std::size_t>(o.reactors, 1)),
      last_left_(clock.steady().time_since_epoch().count()),
      share_(std::max(o.limits.connections / network_share, least_share)) {}

Slot::~Slot() {
  if (shared_ != nullptr) shared_->return_slot(network_);
}

/// Clients behind a proxy, or on this machine, share one address, which is not counted.
std::optional<NetworkBytes> Shared::counted_network(const boost::asio::ip::address& peer) const {
  if (is_loopback(peer) || options.proxies.contains(peer)) return std::nullopt;
  return network_bytes(peer);
}

std::pair<Admission, Slot> Shared::take_slot(const boost::asio::ip::address& peer) {
  const std::optional<NetworkBytes> network = counted_network(peer);
  const std::lock_guard lock(mutex_);
  const auto known = network ? networks_.find(*network) : networks_.end();
  if (known != networks_.end() && known->second >= share_) return {Admission::no_share, Slot()};
  if (slots >= options.limits.connections) return {Admission::no_slot, Slot()};
  if (network) ++networks_[*network];
  ++slots;
  return {Admission::admitted, Slot(this, network)};
}

void Shared::return_slot(const std::optional<NetworkBytes>& network) noexcept {
  const std::lock_guard lock(mutex_);
  const auto known = network ? networks_.find(*network) : networks_.end();
  if (known != networks_.end() && --known->second == 0) networks_.erase(known);
  if (--slots == 0 && stopping) empty_.notify_all();
}

std::optional<Claim> Shared::free_a_slot(Reactor& mine, Claim last) {
  for (const Claim claim : {Claim::idle, Claim::unfinished, Claim::held}) {
    if (displace(claim, mine)) return claim;
    if (claim == last) break;
  }
  return std::nullopt;
}

bool Shared::displace(Claim claim, Reactor& mine) {
  constexpr auto much_the_same = std::chrono::seconds(1);  // ending one on another reactor shows only later
  const auto earlier = [claim](const Reactor* a, const Reactor* b) { return a->oldest(claim) < b->oldest(claim); };
  Reactor* const first = *std::min_element(reactors.begin(), reactors.end(), earlier);
  if (mine.oldest(claim) - first->oldest(claim) <= much_the_same && mine.displace(claim)) return true;
  if (first == &mine || first->oldest(claim) > clock.steady() - options.limits.claim_time) return false;
  boost::asio::post(first->io, [first, claim] { first->displace(claim); });
  return true;
}

bool Shared::wait_empty(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return empty_.wait_for(lock, limit, [&] { return slots.load() == 0; });
}

DetachedConnection::DetachedConnection(tcp::socket& socket, Slot slot)
    : protocol_(socket.local_endpoint().protocol()), descriptor_(socket.release()), slot_(std::move(slot)) {}

DetachedConnection::~DetachedConnection() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

tcp::socket DetachedConnection::socket_on(boost::asio::io_context& io) {
  tcp::socket socket(io);
  socket.assign(protocol_, descriptor_);
  descriptor_ = -1;
  return socket;
}

}  // namespace portcullis::http
