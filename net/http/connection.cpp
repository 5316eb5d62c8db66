#include "net/http/connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <exception>
#include <type_traits>
#include <utility>

#include "core/secret.hpp"
#include "net/http/response_text.hpp"

namespace portcullis::http {

namespace {

using boost::asio::ip::tcp;
using TlsStream = boost::asio::ssl::stream<tcp::socket>;
using namespace std::chrono_literals;

constexpr auto tuple = boost::asio::as_tuple(boost::asio::use_awaitable);

constexpr std::size_t first_buffer = 4096;      // one page is enough for usual requests
constexpr std::size_t body_buffer = 16 * 1024;  // fewer reads for a long body
constexpr std::size_t buffer_slack = 1024;      // the header limit is noticed before the buffer is full
constexpr std::size_t copied_body = 16 * 1024;  // up to this size one buffer is cheaper than two
constexpr std::chrono::milliseconds linger_time{1000};
constexpr std::size_t linger_bytes = 16 * 1024 * 1024;
constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

template <class Stream>
inline constexpr bool is_tls = !std::is_same_v<Stream, tcp::socket>;

boost::asio::ip::address plain_peer(const boost::asio::ip::address& peer) {
  if (!peer.is_v6() || !peer.to_v6().is_v4_mapped()) return peer;
  return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, peer.to_v6());
}

}  // namespace

template <class Stream>
Connection<Stream>::Connection(Reactor& reactor, Stream stream, boost::asio::ip::address peer, Slot slot, bool fresh)
    : LiveConnection(reactor, std::move(slot)), stream_(std::move(stream)), peer_(std::move(peer)), in_(first_buffer) {
  has_asked_ = !fresh;
}

template <class Stream>
Connection<Stream>::~Connection() {
  wipe(in_.data(), in_.size());
  wipe(out_.data(), out_.size());
}

template <class Stream>
tcp::socket& Connection<Stream>::socket() noexcept {
  if constexpr (is_tls<Stream>) {
    return stream_.next_layer();
  } else {
    return stream_;
  }
}

template <class Stream>
awaitable<Reactor*> Connection<Stream>::run() {
  bool open = true;
  if constexpr (is_tls<Stream>) {
    enter(Phase::handshake, limits().header_time);
    const auto [error] = co_await stream_.async_handshake(boost::asio::ssl::stream_base::server, tuple);
    open = !error && !expired_;
  }
  while (open) {
    const bool ready = co_await read_request();
    if (!ready) break;
    open = co_await answer_request();
    wipe_free_stack();
    if constexpr (!is_tls<Stream>) {
      const bool may_move = open && begin_ == end_ && stream_.is_open() && !reactor_.shared.stopping;
      const auto other = may_move ? reactor_.balance.better_reactor(mark_) : std::nullopt;
      if (other) co_return reactor_.shared.reactors[*other];
    }
  }
  if (fault_.status != 0) co_await refuse();
  wipe_free_stack();
  co_return nullptr;
}

template <class Stream>
DetachedConnection Connection<Stream>::leave() {
  return DetachedConnection(socket(), take_slot());
}

template <class Stream>
awaitable<bool> Connection<Stream>::read_request() {
  parser_.emplace(limits().header_bytes, limits().body_bytes, reactor_.shared.bodies);
  continued_ = false;
  const std::string_view nothing;
  if (begin_ == end_) {
    enter(Phase::idle, has_asked_ ? limits().idle_time : limits().header_time);
  } else {
    enter(Phase::header, limits().header_time);
    if (++in_a_row_ >= limits().pipelined) {  // other connections of this reactor are served first
      in_a_row_ = 0;
      co_await boost::asio::post(reactor_.io, boost::asio::use_awaitable);
    }
  }
  while (!parse_buffered()) {
    follow_parser();
    if (phase_ == Phase::idle && reactor_.shared.stopping) co_return false;
    if (wants_continue()) {
      out_ = continue_line;
      written_ = 0;
      const bool told = co_await write(nothing);
      if (!told) co_return false;
    }
    if (!prepare_buffer()) {
      fault_ = Fault{400, "malformed request"};
      co_return false;
    }
    const auto space = boost::asio::buffer(in_.data() + end_, in_.size() - end_);
    const auto [error, count] = co_await stream_.async_read_some(space, tuple);
    in_a_row_ = 0;
    if (expired_ && (error || phase_ != Phase::idle)) read_timed_out();
    if (error || fault_.status != 0) co_return false;
    end_ += count;
    if (phase_ == Phase::idle) enter(Phase::header, limits().header_time);
  }
  co_return fault_.status == 0;
}

template <class Stream>
bool Connection<Stream>::parse_buffered() {
  while (begin_ != end_ && !parser_->got_some() && (in_[begin_] == '\r' || in_[begin_] == '\n')) ++begin_;
  while (begin_ != end_) {
    const std::size_t used = parser_->consume({in_.data() + begin_, end_ - begin_});
    begin_ += used;
    fault_ = parser_->fault();
    if (fault_.status != 0 || parser_->is_done()) return true;
    if (used == 0) return false;
  }
  return false;
}

template <class Stream>
void Connection<Stream>::follow_parser() {
  if (phase_ == Phase::body || !parser_->is_header_done()) return;
  enter(Phase::body, limits().body_time);
}

template <class Stream>
bool Connection<Stream>::wants_continue() {
  if (phase_ != Phase::body || !parser_->expects_continue() || continued_ || begin_ != end_) return false;
  continued_ = true;
  return true;
}

template <class Stream>
void Connection<Stream>::read_timed_out() {
  if (phase_ == Phase::idle) return;
  if (displaced_)
    fault_ = Fault{503, "too many connections"};
  else if (phase_ == Phase::header)
    fault_ = Fault{408, "request header took too long"};
  else if (gave_way())
    fault_ = Fault{503, "the room for request bodies was needed"};
  else
    fault_ = Fault{408, "request body took too long"};
}

template <class Stream>
bool Connection<Stream>::prepare_buffer() {
  if (begin_ == end_) {
    wipe(in_.data(), end_);
    begin_ = 0;
    end_ = 0;
    wiped_ = 0;
  }
  const std::size_t most = std::max(limits().header_bytes, body_buffer) + buffer_slack;
  if (parser_->has_large_body() && in_.size() < body_buffer) enlarge_input(body_buffer);
  if (end_ < in_.size()) return true;
  if (begin_ != 0) {
    std::memmove(in_.data(), in_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    wipe(in_.data() + end_, begin_);
    wiped_ = 0;
    begin_ = 0;
    return true;
  }
  if (in_.size() >= most) return false;
  enlarge_input(std::min(most, in_.size() * 2));
  return true;
}

template <class Stream>
void Connection<Stream>::enlarge_input(std::size_t size) {
  std::vector<char> larger(size);
  std::memcpy(larger.data(), in_.data(), end_);
  wipe(in_.data(), in_.size());
  in_.swap(larger);
}

template <class Stream>
void Connection<Stream>::forget_input() {
  wipe(in_.data() + wiped_, begin_ - wiped_);
  wiped_ = begin_;
  if (begin_ == end_ && in_.size() > first_buffer) {
    std::vector<char>(first_buffer).swap(in_);
    begin_ = end_ = wiped_ = 0;
  }
}

template <class Stream>
awaitable<bool> Connection<Stream>::answer_request() {
  const bool http11 = parser_->is_http11();
  const bool client_keeps = parser_->keep_alive();
  Request& request = parser_->request();
  forget_input();
  const bool head_only = request.method == Method::head;
  request.peer = peer_;
  request.tls = is_tls<Stream>;
  request.loopback_listener = reactor_.shared.loopback;
  if (!gone_) gone_ = std::make_shared<std::atomic<bool>>(false);
  Exchange exchange;
  exchange.gone = gone_;
  exchange.reactor = reactor_.index;
  exchange.body = &parser_->share();

  enter_handling();
  reactor_.balance.count_active(mark_, socket().native_handle());
  const Handler& handler = reactor_.shared.handler;
  Response response;
  std::exception_ptr failure;
  try {
    response = co_await handler(request, std::move(exchange));
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    wipe(request.body);  // the handler may have ended before it used the body
    response = failed_answer(failure);
  }

  const bool keep_alive = client_keeps && !leaves_ && !reactor_.shared.stopping;
  const std::string_view rest = prepare(response, keep_alive, head_only, http11);
  enter(Phase::writing, limits().write_time);
  bool written = write_at_once(rest);
  if (!written) written = co_await write(rest);
  wipe(out_.data(), out_.size());
  if (!keep_alive && written) co_await linger();
  co_return keep_alive&& written;
}

template <class Stream>
Response Connection<Stream>::failed_answer(const std::exception_ptr& failure) {
  const Shared& shared = reactor_.shared;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& known) {
    shared.log.error(std::string("a request failed: ") + known.what());
  } catch (...) {
    shared.log.error("a request failed: unknown exception");
  }
  return shared.refusal(500, "internal error");
}

template <class Stream>
std::string_view Connection<Stream>::prepare(const Response& response, bool keep_alive, bool head_only, bool http11) {
  Framing framing;
  framing.http11 = http11;
  framing.keep_alive = keep_alive;
  framing.date = reactor_.date();
  out_.clear();
  written_ = 0;
  append_head(out_, response, framing);
  if (head_only || has_no_body(response.status)) return {};
  if (response.body.size() > copied_body) return response.body;
  out_ += response.body;
  return {};
}

/// The usual answer fits the socket's buffer: no asynchronous operation, no coroutine. False when write() must
/// continue.
template <class Stream>
bool Connection<Stream>::write_at_once(std::string_view body) {
  if constexpr (is_tls<Stream>) {
    return false;
  } else {
    boost::system::error_code error;
    if (body.empty()) {
      written_ = stream_.write_some(boost::asio::buffer(out_), error);
    } else {
      const std::array<boost::asio::const_buffer, 2> both{boost::asio::buffer(out_), boost::asio::buffer(body)};
      written_ = stream_.write_some(both, error);
    }
    return written_ == out_.size() + body.size();
  }
}

template <class Stream>
awaitable<bool> Connection<Stream>::write(std::string_view body) {
  const std::size_t of_head = std::min(written_, out_.size());
  const std::size_t of_body = written_ - of_head;
  std::array<boost::asio::const_buffer, 2> rest;
  rest[0] = boost::asio::buffer(out_) + of_head;
  rest[1] = boost::asio::buffer(body.data(), body.size()) + of_body;
  const auto [error, count] = co_await boost::asio::async_write(stream_, rest, tuple);
  written_ = 0;
  co_return !error && !expired_;
}

template <class Stream>
awaitable<void> Connection<Stream>::refuse() {
  const Response response = reactor_.shared.refusal(fault_.status, fault_.why);
  const bool head_only = parser_->request().method == Method::head;
  const std::string_view rest = prepare(response, false, head_only, true);
  enter(Phase::writing, limits().write_time);
  const bool written = co_await write(rest);
  if (written && !displaced_) co_await linger();
}

template <class Stream>
awaitable<void> Connection<Stream>::linger() {
  enter(Phase::closing, linger_time);
  if constexpr (is_tls<Stream>) {
    co_await stream_.async_shutdown(tuple);
  }
  boost::system::error_code failed;
  socket().shutdown(tcp::socket::shutdown_send, failed);
  const auto sink = boost::asio::buffer(in_.data(), in_.size());
  for (std::size_t seen = 0; !failed && !expired_ && seen < linger_bytes;) {
    const auto [error, count] = co_await socket().async_read_some(sink, tuple);
    failed = error;
    seen += count;
  }
}

namespace {

template <class Stream>
awaitable<void> live(std::unique_ptr<Connection<Stream>> connection, Log* log) {
  try {
    Reactor* other = co_await connection->run();
    if (other != nullptr) other->adopt(connection->leave());
  } catch (const std::exception& failure) {
    log->error(std::string("a connection failed: ") + failure.what());
  }
}

template <class Stream>
void begin(Reactor& reactor, Stream stream, const boost::asio::ip::address& peer, Slot slot, bool fresh) {
  auto connection = std::make_unique<Connection<Stream>>(reactor, std::move(stream), peer, std::move(slot), fresh);
  awaitable<void> life = live(std::move(connection), &reactor.shared.log);
  boost::asio::co_spawn(reactor.io, std::move(life), boost::asio::detached);
}

}  // namespace

void serve(Reactor& reactor, tcp::socket socket, Slot slot, bool fresh) {
  boost::system::error_code gone_already;
  const tcp::endpoint peer = socket.remote_endpoint(gone_already);
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.non_blocking(true, ignored);
  if (gone_already) return;
  const boost::asio::ip::address address = plain_peer(peer.address());
  if (reactor.shared.tls) {
    begin(reactor, TlsStream(std::move(socket), *reactor.shared.tls), address, std::move(slot), fresh);
  } else {
    begin(reactor, std::move(socket), address, std::move(slot), fresh);
  }
}

}  // namespace portcullis::http
