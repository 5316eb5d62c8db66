#pragma once
// A real server on loopback and a blocking client that says exactly the bytes it is given. For the http_* tests.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "net/http/message.hpp"
#include "net/http/server.hpp"

namespace portcullis::http::test {

using namespace std::chrono_literals;

constexpr auto patience = 10s;  ///< how long a test waits for what must come

/// Waits until `fact()` holds; the deadline only bounds a failing test.
template <class Fact>
[[nodiscard]] bool eventually(Fact fact, std::chrono::seconds limit = patience) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!fact()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

inline bool connects(int fd, std::uint16_t port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0;
}

inline bool is_listening(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool taken = connects(fd, port);
  ::close(fd);
  return taken;
}

class Client {
 public:
  explicit Client(std::uint16_t port) : Client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), port) {}
  /// Takes the socket over.
  Client(int fd, std::uint16_t port) : fd_(fd) { BOOST_REQUIRE(connects(fd_, port)); }
  ~Client() { close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// False when the server no longer takes bytes.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  /// One whole response, head and body; what came so far when the server closes first.
  std::string read_response(bool to_head = false) {
    for (;;) {
      const std::size_t end = seen_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::size_t size = end + 4 + (to_head ? 0 : body_size(seen_.substr(0, end + 2)));
        if (seen_.size() >= size) {
          std::string response = seen_.substr(0, size);
          seen_.erase(0, size);
          return response;
        }
      }
      if (!receive()) return std::exchange(seen_, {});
    }
  }
  /// Everything until the server closes.
  std::string read_to_end() {
    while (receive()) {
    }
    return std::exchange(seen_, {});
  }
  /// True when something arrives, or the end, within `limit`.
  bool readable(std::chrono::milliseconds limit) {
    pollfd watched{fd_, POLLIN, 0};
    return ::poll(&watched, 1, static_cast<int>(limit.count())) > 0;
  }
  void finish_sending() { ::shutdown(fd_, SHUT_WR); }
  void reset() {
    const linger hard{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close();
  }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  static std::size_t body_size(const std::string& head) {
    const std::size_t at = head.find("Content-Length: ");
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
  }
  bool receive() {
    if (!readable(patience)) BOOST_FAIL("the server neither answered nor closed");
    std::array<char, 65536> part{};
    const ssize_t count = ::recv(fd_, part.data(), part.size(), 0);
    if (count <= 0) return false;
    seen_.append(part.data(), static_cast<std::size_t>(count));
    return true;
  }
  int fd_;
  std::string seen_;
};

/// A log whose lines a test can read.
class TestLog {
 public:
  TestLog() : fd_(::memfd_create("log", MFD_CLOEXEC)), log_(clock_, Log::Format::json, Log::Level::info, fd_) {}
  ~TestLog() { ::close(fd_); }
  TestLog(const TestLog&) = delete;
  TestLog& operator=(const TestLog&) = delete;
  Log& log() noexcept { return log_; }
  std::string text() {
    log_.flush();
    std::string out(65536, '\0');
    const ssize_t count = ::pread(fd_, out.data(), out.size(), 0);
    out.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return out;
  }

 private:
  SystemClock clock_;
  int fd_;
  Log log_;
};

inline Response refusal(int status, std::string_view why) {
  Response response;
  response.status = status;
  response.add("X-Refused", "yes");
  response.body = why;
  return response;
}

/// Repeats what the server made of the request.
inline awaitable<Response> echo(Request request, Exchange) {
  Response response;
  response.add("X-Method", to_text(request.method));
  response.add("X-Target", request.target);
  response.add("X-Host", request.header("host"));
  response.add("X-Peer", request.peer.to_string());
  response.add("X-Forwarded", request.header("x-forwarded-for"));
  response.add("X-Tls", request.tls ? "yes" : "no");
  response.add("X-Loopback", request.loopback_listener ? "yes" : "no");
  response.add("X-Smuggled", request.header("x-smuggled"));
  if (request.target == "/throws") throw std::runtime_error("the handler's private reason");
  if (request.target == "/empty") {
    response.status = 204;
  } else if (request.target == "/big") {
    response.body.assign(8 * 1024 * 1024, 'b');
  } else {
    response.body = "<" + request.body + ">";
  }
  co_return response;
}

inline ServerOptions local_options() {
  ServerOptions options;
  options.port = 0;
  return options;
}

struct Running {
  explicit Running(ServerOptions options = local_options(), Handler handler = echo)
      : server(options, std::move(handler), refusal, log.log()) {
    server.start();
  }
  [[nodiscard]] std::uint16_t port() const noexcept { return server.port(); }
  TestLog log;
  Server server;
};

/// Sends the bytes on a fresh connection and returns the one response.
inline std::string ask(const Running& running, std::string_view bytes) {
  Client client(running.port());
  client.send(bytes);
  return client.read_response();
}

inline bool starts_with(const std::string& text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}
inline bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// Suspends on the reactor until the flag is set.
inline awaitable<void> until(const std::atomic<bool>* flag) {
  boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer timer(executor);
  while (!*flag) {
    timer.expires_after(2ms);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
}

/// A handler whose answer waits for the test.
struct Gate {
  std::atomic<bool> open{false};
  std::atomic<int> waiting{0};
  std::atomic<bool> saw_gone{false};
  std::shared_ptr<const std::atomic<bool>> gone;  ///< of the request waiting last; read once `waiting` says so

  static awaitable<Response> answer(Gate* gate, Exchange exchange) {
    gate->gone = exchange.gone;
    ++gate->waiting;
    co_await until(&gate->open);
    gate->saw_gone = exchange.gone->load();
    --gate->waiting;
    Response response;
    response.body = "late";
    co_return response;
  }
  Handler handler() {
    return [this](Request, Exchange exchange) { return answer(this, std::move(exchange)); };
  }
};

}  // namespace portcullis::http::test
