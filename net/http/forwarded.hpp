#pragma once
// What a request tells about its path: whether a proxy may have forwarded it, and what trusted proxies tell about the
// client's own connection. Foreign bytes in, bounded work. Pure; any thread.

#include <cstddef>
#include <optional>
#include <string_view>

#include "net/http/client_ip.hpp"
#include "net/http/message.hpp"

namespace portcullis::http {

/// True for a request from this machine that was not forwarded: both ends are loopback, Host names this machine, and
/// there is no header that proxies and content networks add, not even an empty one. HTTP/1.0 counts as a proxy's: no
/// browser speaks it, and nginx does by default.
[[nodiscard]] bool is_near(const Request& request);

/// `localhost`, an address of 127.0.0.0/8, or `[::1]`, with or without a port.
[[nodiscard]] bool names_loopback(std::string_view host);

/// The host of `host[:port]`, in the form of a cookie's Domain: a name, an IPv4 address, or an IPv6 address in
/// brackets. Without the dot that may end a name, and without characters that could end an attribute or a line, or hide
/// another host. Empty: host or port are malformed.
[[nodiscard]] std::string_view host_name(std::string_view text) noexcept;

/// The outermost trusted proxy's entry of a list such as X-Forwarded-Proto, to which each proxy may append. `list` has
/// all lines of the header joined by commas. Empty: the peer is not a trusted proxy, or the list has no such entry.
[[nodiscard]] std::string_view forwarded_value(std::string_view list, const boost::asio::ip::address& peer,
                                               std::string_view forwarded_for, const TrustedProxies& trusted);

}  // namespace portcullis::http
