#pragma once
// A request and a response as plain values: the argument and the result of App::handle, with or without a socket.

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace portcullis::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };
[[nodiscard]] std::string_view to_text(Method m) noexcept;

/// ASCII equality without case, by which header names, cookie names and tokens are compared.
[[nodiscard]] bool same_token(std::string_view a, std::string_view b) noexcept;
[[nodiscard]] bool token_begins(std::string_view token, std::string_view beginning) noexcept;

/// Header lines in the order received, all in one buffer: two allocations a request for any number of lines. Views stay
/// valid until the next change.
class Headers {
 public:
  using value_type = std::pair<std::string_view, std::string_view>;

  class const_iterator {
   public:
    using value_type = Headers::value_type;
    using difference_type = std::ptrdiff_t;
    const_iterator() = default;
    value_type operator*() const noexcept { return owner_->at(index_); }
    const_iterator& operator++() noexcept {
      ++index_;
      return *this;
    }
    const_iterator operator++(int) noexcept {
      const const_iterator before = *this;
      ++index_;
      return before;
    }
    friend bool operator==(const const_iterator& a, const const_iterator& b) noexcept { return a.index_ == b.index_; }

   private:
    friend class Headers;
    const_iterator(const Headers* owner, std::size_t index) noexcept : owner_(owner), index_(index) {}
    const Headers* owner_ = nullptr;
    std::size_t index_ = 0;
  };

  Headers() = default;
  Headers(std::initializer_list<value_type> lines);

  /// Appends a line.
  void emplace_back(std::string_view name, std::string_view value);
  void push_back(const value_type& line) { emplace_back(line.first, line.second); }
  /// Removes every line of that name, then appends this one.
  void replace(std::string_view name, std::string_view value);
  /// First value of that name, or empty.
  [[nodiscard]] std::string_view find(std::string_view name) const noexcept;
  [[nodiscard]] std::size_t count(std::string_view name) const noexcept;
  [[nodiscard]] value_type at(std::size_t index) const noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return lines_.size(); }
  [[nodiscard]] bool empty() const noexcept { return lines_.empty(); }
  [[nodiscard]] const_iterator begin() const noexcept { return {this, 0}; }
  [[nodiscard]] const_iterator end() const noexcept { return {this, lines_.size()}; }
  void reserve(std::size_t lines, std::size_t bytes);

 private:
  struct Line {
    std::uint32_t at = 0;  ///< the name's first byte; the value follows the name
    std::uint32_t name_size = 0;
    std::uint32_t value_size = 0;
  };
  std::string bytes_;
  std::vector<Line> lines_;
};

/// Owns its bytes; header names compare without case.
struct Request {
  Method method = Method::get;
  std::string target = "/";  ///< origin form: path and query, as received; `*` with OPTIONS only
  Headers headers;           ///< lines of a list (Cookie, X-Forwarded-For, -Proto, -Host) are joined to one
  std::string body;
  boost::asio::ip::address peer;  ///< the socket's other end; never an IPv4-mapped IPv6 address
  bool tls = false;
  bool http11 = true;              ///< or newer; HTTP/1.0 is typical of proxies
  bool loopback_listener = false;  ///< the listener is bound to a loopback address

  /// First value of that header, or empty.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept { return headers.find(name); }
};

/// `common` and `head` hold the header lines as they go on the wire (`Name: value\r\n` each); the connection puts the
/// status line before them and adds Content-Length, Date and Connection.
struct Response {
  int status = 200;
  std::string_view common;  ///< lines that many responses share; static text
  std::string head;
  std::string body;
  std::shared_ptr<const void> held;  ///< destroyed with the response, after it has been written

  /// Appends one header line; CR, LF and NUL in the value are dropped, so no caller can split a response.
  void add(std::string_view name, std::string_view value);
  /// Appends lines known to be well formed.
  void add_lines(std::string_view lines) { head += lines; }
  /// First value of that header, or empty; names compare without case.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
};

}  // namespace portcullis::http
