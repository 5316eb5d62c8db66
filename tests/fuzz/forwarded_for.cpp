// X-Forwarded-For chains (first line: a CIDR list, the rest: the header): only trusted hops are walked over.

#include <stdexcept>

#include "net/http/client_ip.hpp"
#include "net/http/forwarded.hpp"
#include "tests/fuzz/support/check.hpp"

using namespace portcullis;
using boost::asio::ip::address;

namespace {

http::TrustedProxies proxies(std::string_view list) {
  try {
    return http::TrustedProxies(list);
  } catch (const std::invalid_argument&) {
    return http::TrustedProxies("10.0.0.0/8,::1/128");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [list, header] = fuzz::first_line(fuzz::text_of(data, size));
  const http::TrustedProxies trusted = proxies(list);
  for (const char* text : {"10.1.2.3", "203.0.113.7", "::1", "2001:db8::7"}) {
    const address peer = boost::asio::ip::make_address(text);
    const address client = http::client_address(peer, header, trusted);
    fuzz::require(trusted.contains(peer) || client == peer, "an untrusted peer speaks for itself only");
    fuzz::require(http::client_address(peer, header, {}) == peer, "without proxies the peer is the client");
    fuzz::require(!client.is_v6() || !client.to_v6().is_v4_mapped(), "mapped addresses come out as IPv4");
    const std::string_view value = http::forwarded_value(header, peer, header, trusted);
    fuzz::require(value.empty() || trusted.contains(peer), "nobody else's lists are read");
    fuzz::require(value.find(',') == std::string_view::npos && value.size() <= header.size(), "a value is one entry");
    const std::string_view host = http::host_name(value);
    fuzz::require(host.find_first_of(" \t\r\n;,=\"/@") == std::string_view::npos, "a host ends no attribute");
    fuzz::require(!host.starts_with('.') && !host.ends_with('.') && host.find("..") == std::string_view::npos,
                  "no label is empty");
    fuzz::require(!http::client_network(client).empty() && !http::rate_key(client).empty(), "every client has keys");
  }
  return 0;
}
