#pragma once
// Foreign text made safe to show to people: characters that move a terminal's cursor, end a line or change the writing
// direction are shown as escapes. Pure; any thread.

#include <string>
#include <string_view>

namespace portcullis {

/// Control characters (C0, DEL, C1), line and paragraph separators, and characters that override the writing direction.
[[nodiscard]] bool is_unprintable(char32_t point) noexcept;

/// True for UTF-8 text without an unprintable character. A lone byte of 0x80 to 0x9F is a control character to some
/// terminals.
[[nodiscard]] bool is_printable(std::string_view text) noexcept;

/// The text, with `\x1b` for each unprintable byte and `\u009b` for each unprintable character.
[[nodiscard]] std::string printable(std::string_view text);

/// JSON text of the same meaning, with `\u009b` for each unprintable character.
[[nodiscard]] std::string printable_json(std::string_view json);

}  // namespace portcullis
