#pragma once
// What a spreadsheet makes of cells, and what it must not make of them. A file that one has saved is taken as far as it
// says one thing only. Source: docs/import.md. Foreign bytes; pure; any thread.

#include <optional>
#include <string>
#include <string_view>

namespace portcullis::transfer {

/// A text that a spreadsheet would take for a formula gets an apostrophe before it, and so does one that would be read
/// as such a text by plain_cell().
[[nodiscard]] std::string harmless_cell(std::string text);
/// The other way: without that apostrophe.
[[nodiscard]] std::string_view plain_cell(std::string_view cell) noexcept;

/// TRUE and FALSE in any case, and as spreadsheets of the languages that write them otherwise save them.
[[nodiscard]] std::optional<bool> read_flag(std::string_view cell) noexcept;

/// What a cell says that is to be a time.
struct CellTime {
  enum class Kind : std::uint8_t { other, time, ambiguous };
  Kind kind = Kind::other;
  std::string iso = {};  ///< of a time
};
/// `2024/1/31`, `31.1.2024`, `31/1/2024`, `1/31/2024` and the last two with dashes, with a time of the day (`10:05`,
/// `10:05:00`, `10:05 PM`) or without. `1/2/2024` is ambiguous; what ISO 8601 reads is left to it.
[[nodiscard]] CellTime read_cell_time(std::string_view cell);

}  // namespace portcullis::transfer
