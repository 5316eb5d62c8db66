#include "net/http/shared.hpp"

#include <unistd.h>

#include <algorithm>

namespace portcullis::http {

using boost::asio::ip::tcp;

Shared::Shared(const ServerOptions& o, Handler h, Refusal r, Log& l)
    : options(o),
      handler(std::move(h)),
      refusal(std::move(r)),
      log(l),
      bodies(o.limits.large_bodies, clock),
      balances(std::max<std::size_t>(o.reactors, 1)) {}

void LeavePlace::operator()(Shared* shared) const noexcept { shared->leave_place(); }

Place Shared::take_place() noexcept {
  std::size_t taken = places.load(std::memory_order_relaxed);
  while (taken < options.limits.connections) {
    if (places.compare_exchange_weak(taken, taken + 1, std::memory_order_acq_rel)) return Place(this);
  }
  return {};
}

void Shared::leave_place() noexcept {
  if (places.fetch_sub(1, std::memory_order_acq_rel) != 1 || !stopping.load()) return;
  const std::lock_guard lock(mutex_);
  empty_.notify_all();
}

bool Shared::wait_empty(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return empty_.wait_for(lock, limit, [&] { return places.load() == 0; });
}

DetachedConnection::DetachedConnection(tcp::socket& socket, Place place)
    : protocol_(socket.local_endpoint().protocol()), descriptor_(socket.release()), place_(std::move(place)) {}

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
