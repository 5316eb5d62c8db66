#pragma once
// One connection from its first byte to its close, over a plain or a TLS stream: reads a request under time and size
// limits, calls the handler, writes the answer, again. Lives on one reactor; owned by its own coroutine.

#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "net/http/reactor.hpp"
#include "net/http/request_parser.hpp"

namespace portcullis::http {

template <class Stream>
class Connection final : public LiveConnection {
 public:
  Connection(Reactor& reactor, Stream stream, boost::asio::ip::address peer, Slot slot, bool fresh);
  ~Connection() override;

  /// Serves until the connection ends, or is to move to the reactor that is returned; then call leave().
  [[nodiscard]] awaitable<Reactor*> run();
  [[nodiscard]] DetachedConnection leave();
  [[nodiscard]] boost::asio::ip::tcp::socket& socket() noexcept override;
  [[nodiscard]] bool gave_way() const noexcept override { return parser_ && parser_->gave_way(); }

 private:
  /// True when a whole request is in parser_; otherwise fault_ has the refusal to answer before closing.
  [[nodiscard]] awaitable<bool> read_request();
  /// Parses what is buffered: true when that ends the request or refuses it.
  [[nodiscard]] bool parse_buffered();
  void read_timed_out();
  void follow_parser();
  [[nodiscard]] bool wants_continue();
  [[nodiscard]] bool prepare_buffer();
  void enlarge_input(std::size_t size);
  /// Wipes the parsed part of in_ (headers carry keys and sessions, bodies passwords) and frees a buffer that grew for
  /// a large body.
  void forget_input();
  /// Answers the request in parser_; false = close.
  [[nodiscard]] awaitable<bool> answer_request();
  [[nodiscard]] Response failed_answer(const std::exception_ptr& failure);
  [[nodiscard]] bool write_at_once(std::string_view body);
  /// Writes what write_at_once left of out_ and, when it is long, `body`; false when the client did not read it in
  /// time.
  [[nodiscard]] awaitable<bool> write(std::string_view body);
  [[nodiscard]] awaitable<void> refuse();
  /// Closes gracefully: shuts down sending, then reads what still arrives, so that a reset does not destroy the answer.
  [[nodiscard]] awaitable<void> linger();
  /// Puts the response into out_; answers the part of the body that is to be written from its own memory.
  [[nodiscard]] std::string_view prepare(const Response& response, bool keep_alive, bool head_only, bool http11);

  [[nodiscard]] const Limits& limits() const noexcept { return reactor_.shared.options.limits; }

  Stream stream_;
  const boost::asio::ip::address peer_;
  std::optional<RequestParser> parser_;
  Fault fault_;
  std::vector<char> in_;  ///< bytes [begin_, end_) are received and not yet parsed
  std::size_t begin_ = 0;
  std::size_t wiped_ = 0;  ///< so many bytes at the front of in_ are wiped already
  std::size_t end_ = 0;
  std::string out_;
  std::size_t written_ = 0;  ///< bytes of the answer that the socket took at once
  bool continued_ = false;   ///< `100 Continue` was sent for this request
  std::size_t in_a_row_ = 0;
};

}  // namespace portcullis::http
