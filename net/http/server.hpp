#pragma once
// The HTTP/1.1 server: reactors, one thread each, with an io_context and an acceptor of their own (SO_REUSEPORT). A
// connection lives on one reactor and may move to another between two requests (balance.hpp). Knows nothing of the
// product: it calls a handler for each request.

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/async/offload.hpp"
#include "core/log.hpp"
#include "net/http/client_ip.hpp"
#include "net/http/message.hpp"

namespace portcullis::http {

class BodyShare;

struct Limits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 2 * 1024 * 1024;
  std::size_t large_bodies = 64 * 1024 * 1024;  ///< bytes that all bodies over 4 KiB hold at the same time
  std::size_t pipelined = 16;       ///< answered in succession before other connections are served; more wait unread
  std::size_t connections = 65536;  ///< over all reactors
  std::chrono::milliseconds header_time{10'000};
  std::chrono::milliseconds body_time{30'000};
  std::chrono::milliseconds idle_time{75'000};
  /// How long a connection is left alone, once slots are short, before it may lose its slot to a new one: between two
  /// requests, from the first byte of a request to its last, while an answer is not read, and in all. A request that is
  /// being answered is never interrupted.
  std::chrono::milliseconds claim_time{3'000};
  /// When no connection has left by itself for so long, the oldest one is closed after its next answer; in a rush that
  /// ends sooner, connections keep their slots.
  std::chrono::milliseconds leaving_time{1'000};
  std::chrono::milliseconds write_time{30'000};
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  ///< 0 = any free one, see port()
  std::uint32_t reactors = 1;
  /// Pins each reactor to a processor of its own, where there are as many processors; a plain connection is then served
  /// by the reactor of the processor on which its packets come in.
  bool pin_reactors = false;
  Limits limits;
  std::string tls_certificate;  ///< PEM file; empty = plain HTTP
  std::string tls_key;
  TrustedProxies proxies;  ///< not bound by the share of slots of one network; nor is loopback
};

/// The state of the request's connection, for work that should stop when the client has gone.
struct Exchange {
  std::shared_ptr<const std::atomic<bool>> gone;  ///< becomes true when the client closes or resets the connection
  std::uint32_t reactor = 0;
  BodyShare* body = nullptr;  ///< the body's share of the byte budget; null where there is no budget
};

/// Answers one request, which outlives the answer; an exception becomes a 500 without details. Runs on the connection's
/// reactor.
using Handler = std::function<awaitable<Response>(Request&, Exchange)>;
/// Makes the response for what the server itself refuses (400, 408, 413, 431, 503), in the product's error shape.
using Refusal = std::function<Response(int status, std::string_view why)>;

class Server {
 public:
  /// Binds immediately; throws std::runtime_error naming the address when it cannot.
  Server(const ServerOptions& options, Handler handler, Refusal refusal, Log& log);
  ~Server();
  void start();  ///< starts the reactor threads
  /// Closes acceptors and idle connections, lets running requests answer for `grace`, then closes and joins.
  /// Idempotent.
  void stop(std::chrono::milliseconds grace);
  [[nodiscard]] std::uint16_t port() const noexcept;
  [[nodiscard]] std::size_t connections() const noexcept;
  [[nodiscard]] boost::asio::io_context& reactor(std::uint32_t index) noexcept;  ///< for periodic work of the product

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace portcullis::http
