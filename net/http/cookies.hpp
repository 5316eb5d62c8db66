#pragma once
// Cookie request headers and Set-Cookie lines. Foreign bytes in, bounded work. Pure; any thread.

#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace portcullis::http {

/// The value, as sent, of the first cookie of that name (names compare without case) in a Cookie header: a view into
/// it.
[[nodiscard]] std::optional<std::string_view> find_cookie(std::string_view header, std::string_view name);

/// The same for the rest of a header, from which it removes what it has read: called again, it finds the next cookie of
/// that name.
[[nodiscard]] std::optional<std::string_view> next_cookie(std::string_view& rest, std::string_view name);

struct SetCookie {
  std::string name;
  std::string value;   ///< percent-encoded when written
  std::string domain;  ///< empty = host only
  Time expires{};
  bool secure = false;
  bool http_only = true;
  std::string same_site;  ///< empty = attribute absent
};
[[nodiscard]] std::string format(const SetCookie& cookie);

}  // namespace portcullis::http
