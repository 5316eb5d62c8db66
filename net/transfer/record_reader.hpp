#pragma once
// Users in a file, one record after the other, whatever the file's format: docs/import.md. What cannot be a record is
// answered as such and reading goes on behind it. Foreign bytes; one thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "core/json/value.hpp"
#include "net/transfer/byte_source.hpp"

namespace portcullis::transfer {

enum class Format : std::uint8_t { json_lines, csv };

/// By the name's ending: .csv, .jsonl, .ndjson; empty for any other.
[[nodiscard]] std::optional<Format> format_of(std::string_view file_name);
/// By its name: csv, jsonl.
[[nodiscard]] std::optional<Format> format_named(std::string_view name);

/// Of one record, in bytes of the file. Preferences, the largest member, have at most 65535 as JSON.
inline constexpr std::size_t longest_record = 256 * 1024;

struct Record {
  std::uint64_t line = 0;  ///< where it begins, from 1
  json::Object members;
  std::string_view refusal = {};  ///< not empty: why it is none, completing "the line ..."
};

class RecordReader {
 public:
  virtual ~RecordReader() = default;
  /// Empty = the end. Throws std::runtime_error with a sentence when nothing of the file can be used.
  [[nodiscard]] virtual std::optional<Record> next() = 0;
  /// Of the file, so far.
  [[nodiscard]] virtual std::uint64_t bytes_read() const noexcept = 0;
};

[[nodiscard]] std::unique_ptr<RecordReader> read_records(Format format, ByteSource source);

}  // namespace portcullis::transfer
