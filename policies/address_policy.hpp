#pragma once
// Which addresses the server may be sent to by somebody who only administers a project: those of the open Internet.
// Pure; any thread.

#include <cstdint>
#include <span>

namespace portcullis::policies {

/// `address`: 4 or 16 bytes, as on the wire. False for what the IANA registers of special addresses name (loopback,
/// private, link-local, shared, multicast, documentation, ...), also where one is wrapped in an IPv6 address (mapped,
/// NAT64, 6to4), and for any other number of bytes. Sources: RFC 6890, RFC 4291, RFC 6052, RFC 3056.
[[nodiscard]] bool is_public_address(std::span<const std::uint8_t> address) noexcept;

}  // namespace portcullis::policies
