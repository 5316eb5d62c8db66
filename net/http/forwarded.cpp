#include "net/http/forwarded.hpp"

#include <algorithm>
#include <array>

namespace portcullis::http {

namespace {

using namespace std::string_view_literals;

/// Headers that proxies, load balancers and content networks add, by the beginnings of their names.
constexpr std::array added_by_proxies{
    // The standard ones in their many spellings
    "Forwarded"sv, "Z-Forwarded"sv, "Via"sv, "X-Forward"sv, "X-Origin"sv, "X-Real"sv, "X-Remote"sv, "X-Client"sv,
    "X-True"sv, "X-Source-"sv, "X-SourceIP"sv, "X-User-IP"sv, "X-UserIP"sv, "X-Peer-"sv, "X-IP"sv, "X-Cluster-"sv,
    "X-Proxy"sv, "X-Rewrite-"sv, "X-Scheme"sv, "X-Url-Scheme"sv, "X-Host"sv, "X-SSL-"sv, "X-TLS-"sv, "X-Coming-From"sv,
    "X-Geo"sv, "X-Country"sv, "Client-IP"sv, "Client-Cert"sv, "True-Client"sv, "Remote-"sv, "Front-End-Https"sv,
    "Early-Data"sv, "Max-Forwards"sv, "Proxy-"sv, "WL-Proxy-"sv, "SSL-"sv, "Surrogate-"sv, "X-Served-"sv, "X-Cache"sv,
    // Those that trace a request from server to server
    "X-Request-Id"sv, "X-Request-Start"sv, "X-Correlation-"sv, "X-Trace"sv, "Traceparent"sv, "Tracestate"sv, "B3"sv,
    "X-B3-"sv, "X-Ot-"sv, "Uber-"sv, "X-Datadog-"sv, "Newrelic"sv, "X-NewRelic-"sv, "X-Dynatrace"sv, "L5d-"sv,
    // Those of particular programs
    "X-Nginx-"sv, "X-Accel-"sv, "X-Envoy-"sv, "X-Istio-"sv, "X-Haproxy-"sv, "X-Traefik-"sv, "X-Varnish"sv, "X-Squid"sv,
    "X-Kong-"sv, "X-Consumer-"sv, "X-Apisix-"sv, "X-Tyk-"sv, "X-Auth-Request-"sv, "X-Authentik-"sv, "X-Pomerium-"sv,
    // Those of particular companies
    "CDN-"sv, "X-CDN"sv, "CF-"sv, "Fly-"sv, "Fastly-"sv, "Akamai-"sv, "X-Akamai-"sv, "X-Edge-"sv, "X-Amz"sv,
    "CloudFront-"sv, "X-Azure-"sv, "X-Appgw-"sv, "X-MS-"sv, "X-Arr-"sv, "X-FD-"sv, "X-Goog"sv, "Gclb-"sv, "X-Gclb-"sv,
    "X-Cloud-Trace-"sv, "X-Appengine-"sv, "X-Vercel-"sv, "X-Nf-"sv, "X-Render-"sv, "Rndr-"sv, "X-Railway-"sv,
    "X-Replit-"sv, "X-Heroku-"sv, "X-Sucuri-"sv, "Incap-"sv, "X-Incap-"sv, "Tailscale-"sv, "Ngrok-"sv, "X-BlueCoat-"sv,
    "X-ATT-"sv, "DO-Connecting-"sv, "Ali-"sv, "X-Tencent-"sv};

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_added_by_a_proxy(std::string_view name) noexcept {
  return std::any_of(added_by_proxies.begin(), added_by_proxies.end(),
                     [&](std::string_view beginning) { return token_begins(name, beginning); });
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_name_char(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
}
bool is_address_char(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

/// Labels separated by dots, none of them empty and none with a hyphen at an end (RFC 1123 section 2.1).
bool is_name(std::string_view text) noexcept {
  while (true) {
    const std::size_t dot = text.find('.');
    const std::string_view label = text.substr(0, dot);
    if (label.empty() || label.front() == '-' || label.back() == '-') return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

/// How many entries at the end of a list trusted proxies have added; none when no other address is known.
std::optional<std::size_t> trusted_hops(const boost::asio::ip::address& peer, std::string_view forwarded_for,
                                        const TrustedProxies& trusted) {
  const Hops hops = known_hops(peer, forwarded_for, trusted);
  if (hops.only_proxies) return std::nullopt;
  return hops.addresses.size() - (trusted.contains(hops.addresses.back()) ? 0 : 1);
}

}  // namespace

std::string_view host_name(std::string_view text) noexcept {
  if (text.size() > 262) return {};
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
  std::string_view name = text.substr(0, end);
  if (name.starts_with('[')) return name;
  if (name.ends_with('.')) name.remove_suffix(1);
  return is_name(name) ? name : std::string_view{};
}

bool names_loopback(std::string_view host) {
  const std::string_view name = host_name(host);
  if (same_token(name, "localhost")) return true;
  if (name.empty()) return false;
  const bool bracketed = name.front() == '[';
  boost::system::error_code failed;
  const boost::asio::ip::address address =
      boost::asio::ip::make_address(std::string(bracketed ? name.substr(1, name.size() - 2) : name), failed);
  return !failed && address.is_loopback();
}

bool is_near(const Request& request) {
  if (!request.loopback_listener || !request.peer.is_loopback() || !request.http11) return false;
  if (!names_loopback(request.header("Host"))) return false;
  return std::none_of(request.headers.begin(), request.headers.end(),
                      [](const Headers::value_type& line) { return is_added_by_a_proxy(line.first); });
}

std::string_view forwarded_value(std::string_view list, const boost::asio::ip::address& peer,
                                 std::string_view forwarded_for, const TrustedProxies& trusted) {
  if (list.empty() || !trusted.contains(peer)) return {};
  const std::optional<std::size_t> hops = trusted_hops(peer, forwarded_for, trusted);
  // From the right: the nearest proxy appended last. Where no other address is known, or a proxy passed the list on
  // unchanged, the leftmost entry is the outermost proxy's.
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
