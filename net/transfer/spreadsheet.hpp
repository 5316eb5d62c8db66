#pragma once
// How spreadsheet programs read and save cells. Cells that one has saved are read where their meaning is unambiguous.
// Source: docs/import.md. Foreign bytes; pure; any thread.

#include <optional>
#include <string>
#include <string_view>

namespace portcullis::transfer {

/// Puts an apostrophe before text that a spreadsheet program would take for a formula: at the front, and after
/// characters that would begin another cell if the file were read with another separator. Also before text from which
/// plain_cell() would remove an apostrophe.
[[nodiscard]] std::string harmless_cell(std::string_view text);
/// The inverse: removes those apostrophes.
[[nodiscard]] std::string plain_cell(std::string_view cell);
/// A JSON object with the same meaning in which formulas within texts are escaped. The object itself begins with a
/// brace, and numbers are harmless.
[[nodiscard]] std::string harmless_json(std::string_view json);

/// TRUE and FALSE in any case and in other languages, as spreadsheet programs save them, yes and no in the same
/// languages, 1 and 0.
[[nodiscard]] std::optional<bool> read_flag(std::string_view cell) noexcept;

/// A cell read as a time.
struct CellTime {
  enum class Kind : std::uint8_t { other, time, ambiguous };
  Kind kind = Kind::other;
  std::string iso = {};  ///< the time, if it is one
};
/// `2024/1/31`, `31.1.2024`, `31/1/2024`, `1/31/2024` and the last two with dashes, optionally with a time of day
/// (`10:05`, `10:05:00`, `10:05 PM`, optionally after a comma). `1/2/2024` is ambiguous; what ISO 8601 covers is left
/// to its parser.
[[nodiscard]] CellTime read_cell_time(std::string_view cell);

}  // namespace portcullis::transfer
