#pragma once
// Reads one request from the bytes of a connection: Beast's grammar, our storage and our refusals. Where RFC 9112
// allows what attackers use for request smuggling, the request is refused. One parser a request; no thread of its own.

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "net/http/body_budget.hpp"
#include "net/http/message.hpp"

namespace portcullis::http {

/// A request that the server itself refuses; status 0 = not refused.
struct Fault {
  int status = 0;
  std::string_view why;  ///< static text
};

class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  /// `budget` is the byte budget of the large bodies of all connections: without it slow senders of long bodies could
  /// take all memory.
  RequestParser(std::size_t header_bytes, std::size_t body_bytes, BodyBudget& budget);
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;
  ~RequestParser() override;  ///< wipes a body, complete or not, and returns its part of the budget

  /// Consumes what it can of `bytes` and answers how much; check is_done() and fault() then.
  [[nodiscard]] std::size_t consume(std::string_view bytes);
  [[nodiscard]] const Fault& fault() const noexcept { return fault_; }
  /// The client waits for `100 Continue` before it sends the body.
  [[nodiscard]] bool expects_continue() const noexcept { return expects_continue_; }
  /// So much of a body has arrived and been budgeted that larger reads are worth a larger buffer.
  [[nodiscard]] bool has_large_body() const noexcept { return share_.size() >= large_body; }
  /// The body was evicted, because another body needed its budget.
  [[nodiscard]] bool gave_way() const noexcept { return share_.was_taken(); }
  /// The body's share of the budget.
  BodyShare& share() noexcept { return share_; }
  [[nodiscard]] bool is_http11() const noexcept { return request_.http11; }
  Request& request() noexcept { return request_; }

 private:
  static constexpr std::size_t large_body = 64 * 1024;
  using error_code = boost::beast::error_code;
  using text = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb verb, text method, text target, int version, error_code& ec) override;
  void on_response_impl(int code, text reason, int version, error_code& ec) override;
  void on_field_impl(boost::beast::http::field name, text name_text, text value, error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& ec) override;
  std::size_t on_body_impl(text body, error_code& ec) override;
  void on_chunk_header_impl(std::uint64_t size, text extensions, error_code& ec) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, text body, error_code& ec) override;
  void on_finish_impl(error_code& ec) override;

  /// Budget and memory for that many bytes of the body; false: none is left.
  [[nodiscard]] bool enlarge_body(std::size_t size);
  std::size_t append_body(text part, error_code& ec);
  void refuse(int status, std::string_view why, error_code& ec);
  [[nodiscard]] bool take_target(error_code& ec);
  void join_lines(std::string_view list, std::string_view between);

  Request request_;
  Fault fault_;
  BodyShare share_;
  std::size_t most_body_;  ///< the most bytes that the body may have
  std::size_t header_limit_;
  std::size_t header_seen_ = 0;
  std::size_t hosts_ = 0, lengths_ = 0, encodings_ = 0;
  std::array<std::uint8_t, 4> list_lines_{};  ///< lines seen of each header that is a list
  bool header_done_ = false;
  bool expects_continue_ = false;
};

}  // namespace portcullis::http
