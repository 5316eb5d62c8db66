#pragma once
// Facts about a JSON text before it is parsed: how many values it may have, and the numbers that neither a 64-bit
// integer nor a double represents exactly. One pass, no tree. Any thread.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace portcullis::json {

/// A number as it was written, and how many numbers precede it.
struct WrittenNumber {
  std::size_t position = 0;
  std::string text;
};

struct Outline {
  /// An upper bound of the number of values: every comma and every opening bracket outside of strings counts.
  std::size_t values = 1;
  std::vector<WrittenNumber> inexact;  ///< in their order
};

/// Reads foreign bytes of any kind and replaces each inexact number by a zero and spaces. Stops where there are more
/// than `most_values`.
[[nodiscard]] Outline outline(std::string& text, std::size_t most_values);

/// Does an int64, or a double for a number with a fraction or an exponent, represent this JSON number exactly? False
/// for text that is no number.
[[nodiscard]] bool is_held_exactly(std::string_view number) noexcept;

}  // namespace portcullis::json
