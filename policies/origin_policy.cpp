#include "policies/origin_policy.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace portcullis::policies {
namespace {

using namespace std::string_view_literals;

/// Schemes of browsers and their extensions, and of frameworks that serve a page inside an application: Tauri,
/// Capacitor, Ionic, Cordova (`app`, also used by Electron and MAUI) and Wails. Not `file`: it has no host.
constexpr std::array web_schemes{"http"sv,
                                 "https"sv,
                                 "chrome-extension"sv,
                                 "moz-extension"sv,
                                 "safari-web-extension"sv,
                                 "ms-browser-extension"sv,
                                 "tauri"sv,
                                 "capacitor"sv,
                                 "ionic"sv,
                                 "app"sv,
                                 "wails"sv};

/// The schemes of applications on a type of platform.
struct AppScheme {
  std::string_view scheme, type;
};
constexpr AppScheme app_schemes[] = {
    {"appwrite-android", "android"}, {"appwrite-ios", "apple"},  {"appwrite-macos", "apple"},
    {"appwrite-watchos", "apple"},   {"appwrite-tvos", "apple"}, {"appwrite-windows", "windows"},
    {"appwrite-linux", "linux"},
};

/// Suffixes under which different parties have sites: country suffixes are recognised by rule (is_public_suffix), these
/// by name.
constexpr std::array shared_suffixes{"github.io"sv,         "gitlab.io"sv,      "pages.dev"sv,       "workers.dev"sv,
                                     "vercel.app"sv,        "netlify.app"sv,    "herokuapp.com"sv,   "web.app"sv,
                                     "appspot.com"sv,       "blogspot.com"sv,   "firebaseapp.com"sv, "fly.dev"sv,
                                     "azurewebsites.net"sv, "surge.sh"sv,       "onrender.com"sv,    "cloudfront.net"sv,
                                     "ngrok.io"sv,          "ngrok-free.app"sv, "replit.app"sv,      "webflow.io"sv,
                                     "glitch.me"sv,         "lovable.app"sv,    "deno.dev"sv,        "bolt.host"sv};

/// Second-level labels under which countries register names: `example.co.uk`, `example.com.br`.
constexpr std::array second_levels{"ac"sv, "co"sv,  "com"sv, "edu"sv, "gob"sv, "gov"sv, "go"sv,
                                   "me"sv, "mil"sv, "ne"sv,  "net"sv, "nom"sv, "or"sv,  "org"sv};

template <class List>
bool holds(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::string trimmed_lower(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_scheme_char(char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '+' || c == '-' || c == '.'; }
bool is_name_char(char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '.' || c == '_'; }

/// The parts of `scheme://host[:port][/...]`, views into the text.
struct UrlParts {
  std::string_view scheme;
  std::string_view host;  ///< with its brackets when an IPv6 address; may be empty
  std::string_view rest;  ///< from the first `/`, `?` or `#` on
};

/// Host and port of an authority; nothing when either is malformed. Browsers send no user info in these headers, and
/// `@` can disguise the real host, so it is refused.
std::optional<std::string_view> host_of(std::string_view authority) {
  std::size_t end = 0;
  if (authority.starts_with('[')) {
    end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view address = authority.substr(1, end++ - 1);
    if (address.empty() || address.find_first_not_of("0123456789abcdef:.") != std::string_view::npos)
      return std::nullopt;
  } else {
    while (end < authority.size() && is_name_char(authority[end])) ++end;
  }
  const std::string_view port = authority.substr(end);
  if (!port.empty() && (port.front() != ':' || port.size() > 6 || !std::all_of(port.begin() + 1, port.end(), is_digit)))
    return std::nullopt;
  return authority.substr(0, end);
}

std::optional<UrlParts> split(std::string_view url) {
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  UrlParts parts;
  parts.scheme = url.substr(0, colon);
  if (!std::all_of(parts.scheme.begin(), parts.scheme.end(), is_scheme_char)) return std::nullopt;
  const std::string_view after = url.substr(colon + 3);
  const std::size_t end = std::min(after.find_first_of("/?#"), after.size());
  const std::optional<std::string_view> host = host_of(after.substr(0, end));
  if (!host) return std::nullopt;
  parts.host = *host;
  parts.rest = after.substr(end);
  return parts;
}

/// True when nothing follows the host.
bool is_origin(const UrlParts& parts) { return parts.rest.empty() || parts.rest == "/"; }

bool matches(std::string_view pattern, std::string_view host) {
  if (pattern == "*") return true;
  if (!pattern.starts_with('*')) return pattern == host;
  const std::string_view suffix = pattern.substr(1);
  return host.size() > suffix.size() && host.ends_with(suffix);
}

bool host_allowed(const OriginFacts& facts, std::string_view host) {
  bool localhost = facts.allow_localhost;
  if (facts.web_hosts) {
    for (const std::string& listed : *facts.web_hosts) {
      const std::string pattern = trimmed_lower(listed);
      if (matches(pattern, host)) return true;
      localhost = localhost || pattern == "localhost";
    }
  }
  return localhost && (host == "localhost" || host == "127.0.0.1" || host == "[::1]");
}

bool is_address(std::string_view host) {
  return host.starts_with('[') || host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_public_suffix(std::string_view two_labels) {
  const std::size_t dot = two_labels.find('.');
  const bool country = two_labels.size() - dot == 3;
  return (country && holds(second_levels, two_labels.substr(0, dot))) || holds(shared_suffixes, two_labels);
}

/// The registrable domain, `example.com` of `www.example.com`; empty for addresses, single labels and bare suffixes.
std::string_view registrable_domain(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || is_address(host)) return {};
  std::size_t dot = host.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  dot = host.rfind('.', dot - 1);
  if (dot == std::string_view::npos) return is_public_suffix(host) ? std::string_view{} : host;
  if (!is_public_suffix(host.substr(dot + 1))) return host.substr(dot + 1);
  if (dot == 0) return {};
  dot = host.rfind('.', dot - 1);
  return dot == std::string_view::npos ? host : host.substr(dot + 1);
}

}  // namespace

bool names_a_page(std::string_view origin) {
  const std::string text = trimmed_lower(origin);
  const std::optional<UrlParts> parts = split(text);
  return parts && is_origin(*parts);
}

bool origin_allowed(const OriginFacts& facts) {
  const std::string origin = trimmed_lower(facts.origin);
  const std::optional<UrlParts> parts = split(origin);
  if (!parts || !is_origin(*parts)) return false;
  if (holds(web_schemes, parts->scheme)) return !parts->host.empty() && host_allowed(facts, parts->host);
  if (parts->scheme == "exp") return true;
  for (const AppScheme& app : app_schemes)
    if (app.scheme == parts->scheme) return facts.app_types && holds(*facts.app_types, app.type);
  return !facts.project_id.empty() && parts->scheme == "appwrite-callback-" + trimmed_lower(facts.project_id);
}

bool needs_fallback_cookies(std::string_view origin_or_referer, std::string_view request_host) {
  const std::string page = trimmed_lower(origin_or_referer);
  const std::optional<UrlParts> parts = split(page);
  if (!parts) return true;
  const std::string_view page_domain = registrable_domain(parts->host);
  const std::string host = trimmed_lower(request_host);
  const std::optional<std::string_view> own = host_of(host);
  return page_domain.empty() || !own || page_domain != registrable_domain(*own);
}

}  // namespace portcullis::policies
