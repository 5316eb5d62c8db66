#pragma once
// What a JSON text says of itself before it is parsed: how many values it may hold, and the numbers that neither 64
// bits nor a double hold exactly. One pass, no tree. Any thread.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace portcullis::json {

/// A number as it was written, and how many others stand before it.
struct WrittenNumber {
  std::size_t place = 0;
  std::string text;
};

struct Outline {
  /// At least as many as there are values: each comma and each opening bracket outside of texts counts.
  std::size_t values = 1;
  std::vector<WrittenNumber> inexact;  ///< in their order
};

/// Looks at foreign bytes of any kind and puts a zero, and spaces behind it, in the place of each inexact number. Stops
/// where there are more than `most_values`.
[[nodiscard]] Outline outline(std::string& text, std::size_t most_values);

/// Does an int64 hold this JSON number or, when it is written with a fraction or an exponent, a double? False for what
/// is no number.
[[nodiscard]] bool is_held_exactly(std::string_view number) noexcept;

}  // namespace portcullis::json
