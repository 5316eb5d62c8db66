#pragma once
// HTTP/1.1 as text, as far as a load generator needs it: requests with a JSON body, answers with Content-Length.

#include <cstddef>
#include <string>
#include <string_view>

namespace portcullis::bench {

/// The text of a request; `headers` are whole lines with their line ends.
[[nodiscard]] std::string request_text(std::string_view method, std::string_view path, std::string_view headers,
                                       std::string_view body = {});
/// The length of a whole response at the start of `text`, or 0.
[[nodiscard]] std::size_t response_length(std::string_view text);
/// The status of a response, or 0.
[[nodiscard]] int status_of(std::string_view text);
/// Does the head of this response have the header? `name` in lower case.
[[nodiscard]] bool has_header(std::string_view text, std::string_view name);

}  // namespace portcullis::bench
