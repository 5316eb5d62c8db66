#pragma once
// A request and a response as plain values: what App::handle takes and gives, with or without a socket.

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace portcullis::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };
[[nodiscard]] std::string_view to_text(Method m) noexcept;

/// Owns its bytes; header names compare without case.
struct Request {
  Method method = Method::get;
  std::string target = "/";  ///< origin form: path and query, as received
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  boost::asio::ip::address peer;  ///< the socket's other end
  bool tls = false;
  bool loopback_listener = false;  ///< the listener is bound to a loopback address

  /// First value of that header, or empty.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
};

/// `head` holds the header lines as they go on the wire (`Name: value\r\n` each); the connection puts the status line
/// before it and adds Content-Length, Date and Connection.
struct Response {
  int status = 200;
  std::string head;
  std::string body;

  /// Appends one header line; CR, LF and NUL in the value are dropped, so no caller can split a response.
  void add(std::string_view name, std::string_view value);
  /// Appends lines known to be well formed.
  void add_lines(std::string_view lines) { head += lines; }
  /// First value of that header, or empty; names compare without case.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
};

}  // namespace portcullis::http
