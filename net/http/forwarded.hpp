#pragma once
// What a request says of the way it came: whether a proxy may have passed it on, and what trusted proxies tell of the
// client's own connection. Foreign bytes in, bounded work. Pure; any thread.

#include <cstddef>
#include <optional>
#include <string_view>

#include "net/http/client_ip.hpp"
#include "net/http/message.hpp"

namespace portcullis::http {

/// True for a request from this machine that nobody passed on: both ends are loopback, Host names this machine, and no
/// header is there that proxies and content networks add. Empty ones count, too. HTTP/1.0 is a proxy's: no browser
/// speaks it, and nginx does unless told otherwise.
[[nodiscard]] bool is_near(const Request& request);

/// `localhost`, an address of 127.0.0.0/8, or `[::1]`, with or without a port.
[[nodiscard]] bool names_loopback(std::string_view host);

/// The host of `host[:port]`, as a cookie's Domain may have it: a name, an IPv4 address, or an IPv6 address in
/// brackets. Without the dot that may end a name, and with nothing that could end an attribute or a line, or hide
/// another host. Empty: host or port are malformed.
[[nodiscard]] std::string_view host_name(std::string_view text) noexcept;

/// What the outermost trusted proxy put into a list like X-Forwarded-Proto, to which each proxy may append. `list` has
/// all lines of the header joined by commas. Empty: the peer is no trusted proxy, or the list says nothing.
[[nodiscard]] std::string_view forwarded_value(std::string_view list, const boost::asio::ip::address& peer,
                                               std::string_view forwarded_for, const TrustedProxies& trusted);

}  // namespace portcullis::http
