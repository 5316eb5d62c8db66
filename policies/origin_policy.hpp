#pragma once
// Which web pages and apps may call a project from a browser, and whether their cookies would be third-party ones.
// Source: docs/contract/account.md 1.7 and 2.2; unlike it, `localhost` is allowed only where configured, and `Origin:
// null` (sandboxed frames, local files) never is. Pure; any thread.

#include <string>
#include <string_view>
#include <vector>

namespace portcullis::policies {

struct OriginFacts {
  std::string_view origin;  ///< the header as sent
  bool allow_localhost = false;
  const std::vector<std::string>* web_hosts = nullptr;  ///< host names, `*`, or `*.example.com`
  std::string_view project_id;
  const std::vector<std::string>* app_types = nullptr;  ///< types of the project's platforms other than web
};

/// Whether an Origin header names the site of its page: `null` does not, nor does a malformed origin.
[[nodiscard]] bool names_a_page(std::string_view origin);

/// For web-like schemes, those of web views included, the host decides, for other schemes the name. An origin without a
/// scheme is refused.
[[nodiscard]] bool origin_allowed(const OriginFacts& facts);

/// Whether cookies of `request_host` are third-party on the page, so that the session must also travel in
/// X-Fallback-Cookies: the registrable domains differ, or the page has none (no header, an address, `localhost`).
[[nodiscard]] bool needs_fallback_cookies(std::string_view origin_or_referer, std::string_view request_host);

}  // namespace portcullis::policies
