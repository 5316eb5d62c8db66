#pragma once
// What a noun's keys are put together from. Included only by files that make keys; the grammar itself is keys.hpp.
// Pure; any thread.

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "storage/engine.hpp"
#include "storage/keys.hpp"

namespace portcullis::storage::keys {

/// Ends each text part; no part has it inside.
inline constexpr char part_end = '\0';
/// Stands where the hash of a long part begins; no verbatim part has it.
inline constexpr char hash_mark = '\1';

template <class N>
void append_big_endian(std::string& out, N number) {
  for (int shift = std::numeric_limits<N>::digits - 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(static_cast<std::uint8_t>(number >> shift)));
}
/// Project number and kind.
[[nodiscard]] std::string start(ProjectNo p, char kind);
/// One part with its end.
void append_text(std::string& key, std::string_view text);
/// A key of one part.
[[nodiscard]] std::string text_key(ProjectNo p, char kind, std::string_view text);
/// The user's row of a kind that there is one of.
[[nodiscard]] std::string user_key(ProjectNo p, std::string_view user_id, UserRow row);
/// One of the user's rows of a kind that may have several.
[[nodiscard]] std::string user_key(ProjectNo p, std::string_view user_id, UserRow row, std::string_view id);
/// All rows of the user from the first kind to the last, both included; at most user_rows_limit.
[[nodiscard]] Range rows_range(ProjectNo p, std::string_view user_id, UserRow first, UserRow last);
/// All rows of the kind.
[[nodiscard]] Range kind_range(ProjectNo p, char kind, std::uint32_t limit);

}  // namespace portcullis::storage::keys
