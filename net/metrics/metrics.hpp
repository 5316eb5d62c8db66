#pragma once
// GET /metrics: the server's metrics for Prometheus, on a listener of its own (docs/operations.md lists every metric).
// Answers only to Host names that a foreign web page cannot have assigned to this address.

#include <cstdint>
#include <memory>
#include <string>

#include "net/http/server.hpp"
#include "net/state/services.hpp"

namespace portcullis {
class Outbound;
}

namespace portcullis::metrics {

/// What the text is made from; outlives the server. `api` counts connections.
struct Sources {
  const Services& services;
  const http::Server& api;
  const Outbound* outbound = nullptr;  ///< null: nothing is sent
};

/// The whole text. Reads counters and /proc/self; any thread.
[[nodiscard]] std::string render(const Sources& sources);

/// A page of another site can make a browser call this server under a name of its own (DNS rebinding): only addresses,
/// `localhost` and the listener's own host are answered. `host` is the Host header, with or without port.
[[nodiscard]] bool is_own_host(std::string_view host, std::string_view listener);

class Server {
 public:
  /// Binds; throws std::runtime_error naming the address when it cannot.
  Server(std::string host, std::uint16_t port, Sources sources, Log& log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  void start();
  void stop();
  [[nodiscard]] std::uint16_t port() const noexcept;

 private:
  [[nodiscard]] awaitable<http::Response> answer(const http::Request& request) const;
  std::string host_;
  Sources sources_;
  std::unique_ptr<http::Server> http_;
};

}  // namespace portcullis::metrics
