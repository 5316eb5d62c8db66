#pragma once
// Text for people's eyes, out of foreign hands: what would move a terminal's cursor, end a line or turn the direction
// of writing is shown as an escape. Pure; any thread.

#include <string>
#include <string_view>

namespace portcullis {

/// Controls (C0, DEL, C1), ends of lines and paragraphs, what overrides the direction of writing.
[[nodiscard]] bool is_unprintable(char32_t point) noexcept;

/// Is nothing of it unprintable, and all of it UTF-8? A lone byte of 0x80 to 0x9F is a control to some terminals.
[[nodiscard]] bool is_printable(std::string_view text) noexcept;

/// The text with `\x1b` for each byte, or `\u009b` for each character, that is not printable.
[[nodiscard]] std::string printable(std::string_view text);

/// JSON text that means the same, with `\u009b` for what of it is not printable.
[[nodiscard]] std::string printable_json(std::string_view json);

}  // namespace portcullis
