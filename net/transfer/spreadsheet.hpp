#pragma once
// What a spreadsheet makes of cells, and what it must not make of them. A file that one has saved is taken as far as it
// says one thing only. Source: docs/import.md. Foreign bytes; pure; any thread.

#include <optional>
#include <string>
#include <string_view>

namespace portcullis::transfer {

/// What a spreadsheet would take for a formula gets an apostrophe before it: at the front of the text, and behind what
/// would begin another cell, were the file read with another separator. What plain_cell() would read as such gets one,
/// too.
[[nodiscard]] std::string harmless_cell(std::string_view text);
/// The other way: without those apostrophes.
[[nodiscard]] std::string plain_cell(std::string_view cell);
/// An object as JSON that means the same, with escapes for what would be a formula in one of its texts. It begins with
/// a brace, and numbers are harmless.
[[nodiscard]] std::string harmless_json(std::string_view json);

/// TRUE and FALSE in any case, as spreadsheets of the languages that write them otherwise save them, yes and no in the
/// same languages, 1 and 0.
[[nodiscard]] std::optional<bool> read_flag(std::string_view cell) noexcept;

/// What a cell says that is to be a time.
struct CellTime {
  enum class Kind : std::uint8_t { other, time, ambiguous };
  Kind kind = Kind::other;
  std::string iso = {};  ///< of a time
};
/// `2024/1/31`, `31.1.2024`, `31/1/2024`, `1/31/2024` and the last two with dashes, with a time of the day (`10:05`,
/// `10:05:00`, `10:05 PM`; behind a comma or not) or without. `1/2/2024` is ambiguous; what ISO 8601 reads is left to
/// it.
[[nodiscard]] CellTime read_cell_time(std::string_view cell);

}  // namespace portcullis::transfer
