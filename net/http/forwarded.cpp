#include "net/http/forwarded.hpp"

#include <algorithm>
#include <array>

namespace portcullis::http {

namespace {

using namespace std::string_view_literals;

/// Headers that proxies, balancers and content networks add, by what their names begin with.
constexpr std::array added_by_proxies{
    // The standard ones and their many spellings
    "Forwarded"sv, "Via"sv, "X-Forwarded"sv, "X-Original-"sv, "X-Originating-"sv, "X-Real-"sv, "X-Remote-"sv,
    "X-Client-"sv, "X-Cluster-"sv, "X-Proxy"sv, "X-Rewrite-"sv, "X-Scheme"sv, "X-Url-Scheme"sv, "X-Host"sv, "X-SSL-"sv,
    "X-Request-Id"sv, "X-Request-Start"sv, "X-Nginx-"sv, "X-Envoy-"sv, "X-Haproxy-"sv, "X-Traefik-"sv, "X-Varnish"sv,
    "X-Coming-From"sv, "Client-IP"sv, "True-Client-"sv, "Remote-Addr"sv, "Front-End-Https"sv, "Early-Data"sv,
    "Max-Forwards"sv, "Proxy-"sv, "WL-Proxy-"sv, "SSL-"sv,
    // Those of one company
    "CDN-"sv, "CF-"sv, "Fly-"sv, "Fastly-"sv, "Akamai-"sv, "X-Akamai-"sv, "X-Edge-"sv, "X-Amz"sv, "CloudFront-"sv,
    "X-Azure-"sv, "X-Arr-"sv, "X-FD-"sv, "X-Goog"sv, "X-Cloud-Trace-"sv, "X-Appengine-"sv, "X-Vercel-"sv, "X-Nf-"sv,
    "X-Render-"sv, "Rndr-"sv, "X-Railway-"sv, "X-Replit-"sv, "X-Heroku-"sv, "X-Sucuri-"sv, "Incap-"sv, "X-Incap-"sv,
    "Tailscale-"sv, "Ngrok-"sv, "X-BlueCoat-"sv, "X-ATT-"sv, "DO-Connecting-"sv, "Ali-"sv, "X-Tencent-"sv};

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_added_by_a_proxy(std::string_view name) noexcept {
  return std::any_of(added_by_proxies.begin(), added_by_proxies.end(), [&](std::string_view beginning) {
    return name.size() >= beginning.size() && same_token(name.substr(0, beginning.size()), beginning);
  });
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_name_char(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
}
bool is_address_char(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

/// Host and port of `host[:port]`; no host when either is malformed.
std::string_view host_part(std::string_view text) noexcept {
  std::size_t end = 0;
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos || end < 3) return {};
    if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(end), is_address_char)) return {};
    ++end;
  } else {
    while (end < text.size() && is_name_char(text[end])) ++end;
  }
  const std::string_view port = text.substr(end);
  const bool portless = port.empty() || port == ":";
  if (!portless && (port.front() != ':' || port.size() > 6 || !std::all_of(port.begin() + 1, port.end(), is_digit)))
    return {};
  return text.substr(0, end);
}

/// How many of the nearest entries of a list trusted proxies have put there; none when nobody else is known.
std::optional<std::size_t> trusted_hops(const boost::asio::ip::address& peer, std::string_view forwarded_for,
                                        const TrustedProxies& trusted) {
  const Hops hops = known_hops(peer, forwarded_for, trusted);
  if (hops.only_proxies) return std::nullopt;
  return hops.addresses.size() - (trusted.contains(hops.addresses.back()) ? 0 : 1);
}

}  // namespace

bool names_loopback(std::string_view host) {
  const std::string_view name = host_part(host);
  if (same_token(name, "localhost")) return true;
  if (name.empty()) return false;
  const bool bracketed = name.front() == '[';
  boost::system::error_code failed;
  const boost::asio::ip::address address =
      boost::asio::ip::make_address(std::string(bracketed ? name.substr(1, name.size() - 2) : name), failed);
  return !failed && address.is_loopback();
}

bool is_host(std::string_view text) noexcept { return text.size() <= 262 && !host_part(text).empty(); }

bool is_near(const Request& request) {
  if (!request.loopback_listener || !request.peer.is_loopback()) return false;
  if (!names_loopback(request.header("Host"))) return false;
  return std::none_of(request.headers.begin(), request.headers.end(),
                      [](const Headers::value_type& line) { return is_added_by_a_proxy(line.first); });
}

std::string_view forwarded_value(std::string_view list, const boost::asio::ip::address& peer,
                                 std::string_view forwarded_for, const TrustedProxies& trusted) {
  if (list.empty() || !trusted.contains(peer)) return {};
  const std::optional<std::size_t> hops = trusted_hops(peer, forwarded_for, trusted);
  // From the right: the nearest proxy appended last. Where no stranger is known, or a proxy passed the list on as it
  // was, the leftmost is the outermost proxy's.
  std::string_view value;
  bool more = true;
  for (std::size_t seen = 0; more && (!hops || seen < *hops);) {
    const std::size_t comma = list.rfind(',');
    more = comma != std::string_view::npos;
    const std::string_view each = trimmed(more ? list.substr(comma + 1) : list);
    if (more) list = list.substr(0, comma);
    if (each.empty()) continue;
    value = each;
    ++seen;
  }
  return value;
}

}  // namespace portcullis::http
