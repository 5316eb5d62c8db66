#pragma once
// The text of a response on the wire: status line, the server's own lines, the product's lines, body. Pure; any thread.

#include <string>
#include <string_view>

#include "net/http/message.hpp"

namespace portcullis::http {

/// Facts of the connection that the response does not have.
struct Framing {
  bool http11 = true;
  bool keep_alive = true;
  bool head_only = false;  ///< answers HEAD: the length of the body, not the body
  std::string_view date;   ///< `Date` value
};

/// A response of this status carries no body (RFC 9110 section 6.4.1).
[[nodiscard]] bool has_no_body(int status) noexcept;
/// Appends the whole head, the empty line included.
void append_head(std::string& out, const Response& response, const Framing& framing);

}  // namespace portcullis::http
