#pragma once
// The users in a file, one record after the other, in any format: docs/import.md. A malformed record is returned as
// refused, and reading continues after it. Foreign bytes; one thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "core/json/value.hpp"
#include "net/transfer/byte_source.hpp"

namespace portcullis::transfer {

enum class Format : std::uint8_t { json_lines, csv };

/// By the ending of the name: .csv, .jsonl, .ndjson; empty for any other.
[[nodiscard]] std::optional<Format> format_of(std::string_view file_name);
/// By the name of the format: csv, jsonl.
[[nodiscard]] std::optional<Format> format_named(std::string_view name);

/// The most bytes of one record in the file. Preferences, the largest member, have at most 65535 bytes as JSON.
inline constexpr std::size_t longest_record = 256 * 1024;

struct Record {
  std::uint64_t line = 0;  ///< where it begins, starting at 1
  json::Object members;
  std::string_view refusal = {};  ///< not empty: why it is refused, completing "the line ..."
};

class RecordReader {
 public:
  virtual ~RecordReader() = default;
  /// Empty = the end. Throws std::runtime_error with a sentence when nothing in the file can be used.
  [[nodiscard]] virtual std::optional<Record> next() = 0;
  /// Bytes of the file that were read.
  [[nodiscard]] virtual std::uint64_t bytes_read() const noexcept = 0;
};

[[nodiscard]] std::unique_ptr<RecordReader> read_records(Format format, ByteSource source);

}  // namespace portcullis::transfer
