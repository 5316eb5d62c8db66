#pragma once
// Whose request it is: the socket's address, or X-Forwarded-For walked right to left through trusted proxies only.
// Foreign bytes in, bounded work. Pure after construction; any thread.

#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace portcullis::http {

/// Parsed CIDR list.
class TrustedProxies {
 public:
  TrustedProxies() = default;
  /// `10.0.0.0/8,::1/128`; a bare address is a single host. Throws std::invalid_argument naming the bad entry.
  explicit TrustedProxies(std::string_view list);
  [[nodiscard]] bool contains(const boost::asio::ip::address& a) const noexcept;

 private:
  struct Network {
    std::array<std::uint8_t, 16> bytes{};
    unsigned bits = 0;
  };
  std::vector<Network> networks_;
};

/// At most 64 hops are walked. IPv4-mapped IPv6 addresses come out as IPv4.
[[nodiscard]] boost::asio::ip::address client_address(const boost::asio::ip::address& peer,
                                                      std::string_view forwarded_for, const TrustedProxies& trusted);
/// Also of an IPv4-mapped IPv6 address.
[[nodiscard]] bool is_loopback(const boost::asio::ip::address& a) noexcept;
/// The addresses of the request's path, the peer first: each but the last is a trusted proxy's.
struct Hops {
  std::vector<boost::asio::ip::address> addresses;
  bool only_proxies = false;  ///< the last one is a trusted proxy, too, and names no client
};
[[nodiscard]] Hops known_hops(const boost::asio::ip::address& peer, std::string_view forwarded_for,
                              const TrustedProxies& trusted);
/// The client's network: /24 of IPv4, /64 of IPv6, as text `203.0.113.0/24`.
[[nodiscard]] std::string client_network(const boost::asio::ip::address& a);
/// The same without a text: the network's first address, IPv4 as ::ffff:203.0.113.0.
using NetworkBytes = std::array<std::uint8_t, 16>;
[[nodiscard]] NetworkBytes network_bytes(const boost::asio::ip::address& a) noexcept;
/// What a rate limit counts by: the IPv4 address, or the /64 of an IPv6 one.
[[nodiscard]] std::string rate_key(const boost::asio::ip::address& a);

}  // namespace portcullis::http
