#include "net/transfer/record_reader.hpp"

#include <utility>

#include "net/transfer/csv_reader.hpp"
#include "net/transfer/json_lines_reader.hpp"

namespace portcullis::transfer {

std::optional<Format> format_of(std::string_view file_name) {
  if (file_name.ends_with(".csv")) return Format::csv;
  if (file_name.ends_with(".jsonl") || file_name.ends_with(".ndjson")) return Format::json_lines;
  return std::nullopt;
}

std::optional<Format> format_named(std::string_view name) {
  if (name == "csv") return Format::csv;
  if (name == "jsonl") return Format::json_lines;
  return std::nullopt;
}

std::unique_ptr<RecordReader> read_records(Format format, ByteSource source) {
  if (format == Format::csv) return std::make_unique<CsvReader>(std::move(source));
  return std::make_unique<JsonLinesReader>(std::move(source));
}

}  // namespace portcullis::transfer
