#pragma once
// Text encodings of bytes. Decoders are strict, length-checked and answer empty on anything malformed. Pure; any
// thread.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace portcullis::crypto {

[[nodiscard]] std::string to_hex(std::string_view bytes);  ///< lowercase
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);
/// True when all characters are hexadecimal digits, of either case.
[[nodiscard]] bool is_hex(std::string_view text) noexcept;
[[nodiscard]] std::string to_base64(std::string_view bytes);  ///< standard alphabet, padded
/// Standard alphabet, padding optional.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);
/// The same into a buffer; answers the number of bytes. Empty also when they do not fit. On failure part of them may
/// have been written.
[[nodiscard]] std::optional<std::size_t> from_base64(std::string_view text, std::span<char> out);
[[nodiscard]] std::string to_base64url(std::string_view bytes);  ///< unpadded
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);
/// Base64 as foreign products write it: either alphabet, padded or not.
[[nodiscard]] std::optional<std::string> from_any_base64(std::string_view text);
/// A digest of `size` bytes as foreign products write it: hexadecimal in either case, or base64 in either alphabet. The
/// hexadecimal digits of a shorter or longer digest are also valid base64; base64 of 16 random bytes or more never
/// consists of such digits only.
[[nodiscard]] std::optional<std::string> from_any_digest(std::string_view text, std::size_t size);
/// RFC 3986 percent-encoding of everything but unreserved characters.
[[nodiscard]] std::string url_encode(std::string_view text);
/// Percent-decoding; `plus_is_space` for forms and queries. A malformed escape is kept as it is.
[[nodiscard]] std::string url_decode(std::string_view text, bool plus_is_space);

}  // namespace portcullis::crypto
