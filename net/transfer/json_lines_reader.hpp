#pragma once
// JSON lines: one JSON object a line, UTF-8, LF or CRLF; empty lines are skipped. Foreign bytes; one thread.

#include <string>

#include "net/transfer/record_reader.hpp"

namespace portcullis::transfer {

class JsonLinesReader final : public RecordReader {
 public:
  explicit JsonLinesReader(ByteSource source) : source_(std::move(source)) {}
  [[nodiscard]] std::optional<Record> next() override;
  [[nodiscard]] std::uint64_t bytes_read() const noexcept override { return source_.consumed(); }

 private:
  /// False at the end of the file; otherwise `text_` is the line, or its beginning when it is too long.
  [[nodiscard]] bool read_line();

  ByteSource source_;
  std::string text_;
  bool too_long_ = false;
  std::uint64_t line_ = 0;
};

}  // namespace portcullis::transfer
