#pragma once
// CSV by RFC 4180: a header that names the columns, quotes doubled inside quoted fields, LF or CRLF. UTF-8. The
// separator is the one between the columns' names: comma, or the semicolon or tab of spreadsheets. An empty field is an
// absent member, a row of empty fields only is skipped like an empty line. Foreign bytes; one thread.

#include <string>
#include <vector>

#include "net/transfer/record_reader.hpp"
#include "net/transfer/user_columns.hpp"

namespace portcullis::transfer {

class CsvReader final : public RecordReader {
 public:
  explicit CsvReader(ByteSource source) : source_(std::move(source)) {}
  /// Throws when the header is missing, or has an unknown or a repeated column.
  [[nodiscard]] std::optional<Record> next() override;
  [[nodiscard]] std::uint64_t bytes_read() const noexcept override { return source_.consumed(); }

 private:
  enum class State : std::uint8_t { field_start, plain, quoted, quote_in_quoted, skipping };
  /// False at the end of the file. `fields_` is the record, `fault_` its fault, if any.
  [[nodiscard]] bool read_row();
  /// True when the byte ends the row.
  [[nodiscard]] bool take(char byte);
  void take_plain(char byte);
  void take_after_quote(char byte);
  void add(char byte);
  void end_field();
  void fail(std::string_view why);
  void read_header();
  [[nodiscard]] bool ends_field(char byte) noexcept;
  [[nodiscard]] bool is_blank() const;
  [[nodiscard]] bool names_separator() const;
  [[nodiscard]] Record as_record();

  ByteSource source_;
  std::vector<const UserColumn*> columns_;
  char separator_ = '\0';  ///< `\0`: not known yet
  State state_ = State::field_start;
  std::vector<std::string> fields_;
  std::string field_;
  std::size_t size_ = 0;  ///< bytes of the current row
  bool was_quoted_ = false;
  std::string_view fault_;
  std::uint64_t row_line_ = 0;
  std::uint64_t lines_ = 0;  ///< lines that have ended
};

}  // namespace portcullis::transfer
