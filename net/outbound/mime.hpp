#pragma once
// A mail as the bytes that travel (RFC 5322, RFC 2045 to 2047): headers in ASCII with other characters encoded, a text
// and an HTML part in quoted-printable, lines that end in CR LF. Nothing that a header is made of can end it. Pure.

#include <string>
#include <string_view>

#include "core/time.hpp"
#include "net/outbound/mail.hpp"

namespace portcullis::outbound {

/// `id` makes the Message-ID, together with the sender's domain, and the boundary between the parts: the same mail has
/// the same bytes in every try.
[[nodiscard]] std::string mime(const Mail& mail, std::string_view id, Time date);

// The parts, for tests.
/// A header's text: as it is where that is short and of printable ASCII, else in encoded words (RFC 2047), a line each.
/// Control characters become spaces. `used`: bytes of the first line that are taken.
[[nodiscard]] std::string header_text(std::string_view text, std::size_t used);
/// `Name <address>`, or the address alone.
[[nodiscard]] std::string header_mailbox(const Mailbox& mailbox, std::size_t used);
/// RFC 2045 6.7, line ends of any kind as CR LF; ends in one.
[[nodiscard]] std::string quoted_printable(std::string_view text);
/// `Thu, 01 Jan 1970 00:00:00 +0000`.
[[nodiscard]] std::string header_date(Time date);

}  // namespace portcullis::outbound
