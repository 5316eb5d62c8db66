#include "net/http/client_ip.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <stdexcept>

namespace portcullis::http {

namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

constexpr std::size_t max_hops = 64;
constexpr std::size_t max_address_text = 64;  // the longest IPv6 text with a port is 53 characters
constexpr unsigned v4_prefix_bits = 96;       // an IPv4 address as ::ffff:a.b.c.d

address unmapped(const address& a) {
  if (!a.is_v6() || !a.to_v6().is_v4_mapped()) return a;
  return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, a.to_v6());
}

std::array<std::uint8_t, 16> wide_bytes(const address& a) noexcept {
  std::array<std::uint8_t, 16> out{};
  if (a.is_v4()) {
    out[10] = 0xff;
    out[11] = 0xff;
    const address_v4::bytes_type bytes = a.to_v4().to_bytes();
    std::copy(bytes.begin(), bytes.end(), out.begin() + 12);
  } else {
    const address_v6::bytes_type bytes = a.to_v6().to_bytes();
    std::copy(bytes.begin(), bytes.end(), out.begin());
  }
  return out;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<address> plain_address(std::string_view text) {
  if (text.empty() || text.size() > max_address_text) return std::nullopt;
  if (text.find('%') != std::string_view::npos) return std::nullopt;  // a scope id names an interface of another host
  boost::system::error_code failed;
  const address parsed = boost::asio::ip::make_address(std::string(text), failed);
  if (failed) return std::nullopt;
  return unmapped(parsed);
}

/// One hop: `a.b.c.d`, `a.b.c.d:port`, `v6`, `[v6]`, `[v6]:port`.
std::optional<address> hop_address(std::string_view text) {
  text = trimmed(text);
  if (text.size() > max_address_text) return std::nullopt;
  if (!text.empty() && text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    return plain_address(text.substr(1, close - 1));
  }
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos) {
    text = text.substr(0, colon);
  }
  return plain_address(text);
}

std::string network_text(const address& a, bool with_bits_of_v4) {
  const address plain = unmapped(a);
  if (plain.is_v4()) {
    if (!with_bits_of_v4) return plain.to_string();
    const address_v4 network(plain.to_v4().to_uint() & 0xffffff00U);
    return network.to_string() + "/24";
  }
  address_v6::bytes_type bytes = plain.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return address_v6(bytes).to_string() + "/64";
}

}  // namespace

TrustedProxies::TrustedProxies(std::string_view list) {
  bool more = !list.empty();
  while (more) {
    const std::size_t comma = list.find(',');
    const std::string_view entry = trimmed(list.substr(0, comma));
    more = comma != std::string_view::npos;
    if (more) list.remove_prefix(comma + 1);
    const auto refuse = [&] { throw std::invalid_argument("not an address or network: " + std::string(entry)); };
    if (entry.empty()) refuse();
    const std::size_t slash = entry.find('/');
    const std::string_view host = entry.substr(0, slash);
    const std::optional<address> base = plain_address(host);
    if (!base) refuse();
    const bool written_as_v4 = host.find(':') == std::string_view::npos;
    const unsigned width = written_as_v4 ? 32 : 128;
    unsigned bits = width;
    if (slash != std::string_view::npos) {
      const std::string_view digits = entry.substr(slash + 1);
      const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
      if (failed != std::errc{} || end != digits.data() + digits.size() || bits > width) refuse();
    }
    Network network;
    network.bytes = wide_bytes(*base);
    network.bits = written_as_v4 ? bits + v4_prefix_bits : bits;
    networks_.push_back(network);
  }
}

bool TrustedProxies::contains(const address& a) const noexcept {
  if (networks_.empty()) return false;
  const std::array<std::uint8_t, 16> bytes = wide_bytes(a);
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    const std::size_t whole = network.bits / 8;
    if (std::memcmp(bytes.data(), network.bytes.data(), whole) != 0) return false;
    const unsigned rest = network.bits % 8;
    if (rest == 0) return true;
    return ((bytes[whole] ^ network.bytes[whole]) >> (8U - rest)) == 0;
  });
}

Hops known_hops(const address& peer, std::string_view forwarded_for, const TrustedProxies& trusted) {
  Hops hops{{unmapped(peer)}, false};
  while (trusted.contains(hops.addresses.back())) {
    hops.only_proxies = trimmed(forwarded_for).empty();
    if (hops.only_proxies || hops.addresses.size() > max_hops) break;
    const std::size_t comma = forwarded_for.rfind(',');
    const std::string_view text = comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1);
    const std::optional<address> hop = hop_address(text);
    if (!hop) break;  // what is to the left of a malformed hop is unknown
    hops.addresses.push_back(*hop);
    forwarded_for = comma == std::string_view::npos ? std::string_view() : forwarded_for.substr(0, comma);
  }
  return hops;
}

address client_address(const address& peer, std::string_view forwarded_for, const TrustedProxies& trusted) {
  if (!trusted.contains(peer)) return unmapped(peer);
  return known_hops(peer, forwarded_for, trusted).addresses.back();
}

bool is_loopback(const address& a) noexcept { return unmapped(a).is_loopback(); }

std::string client_network(const address& a) { return network_text(a, true); }

NetworkBytes network_bytes(const address& a) noexcept {
  NetworkBytes bytes = wide_bytes(a);
  const bool is_v4 = a.is_v4() || a.to_v6().is_v4_mapped();
  std::fill(bytes.begin() + (is_v4 ? 15 : 8), bytes.end(), std::uint8_t{0});
  return bytes;
}

std::string rate_key(const address& a) { return network_text(a, false); }

}  // namespace portcullis::http
