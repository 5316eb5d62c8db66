#include "net/transfer/csv_reader.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/validators.hpp"

namespace portcullis::transfer {
namespace {

constexpr std::size_t most_fields = 64;  // more than there are columns

/// Control characters would be six times as long in JSON, and no member may contain them.
bool is_text(char byte) {
  return static_cast<unsigned char>(byte) >= 0x20 || byte == '\t' || byte == '\n' || byte == '\r';
}

}  // namespace

void CsvReader::fail(std::string_view why) {
  if (fault_.empty()) fault_ = why;
}

void CsvReader::add(char byte) {
  if (!is_text(byte)) fail("holds control characters");
  field_.push_back(byte);
}

void CsvReader::end_field() {
  if (fields_.size() == most_fields) fail("has more or fewer fields than the header");
  if (fields_.size() < most_fields) fields_.push_back(std::move(field_));
  field_.clear();
  state_ = State::field_start;
}

/// No column name contains a separator, so the first separator of the header is that of the file.
bool CsvReader::ends_field(char byte) noexcept {
  if (separator_ == '\0' && (byte == ',' || byte == ';' || byte == '\t')) separator_ = byte;
  return separator_ != '\0' && byte == separator_;
}

bool CsvReader::is_blank() const {
  return !was_quoted_ && std::all_of(fields_.begin(), fields_.end(), [](const auto& field) { return field.empty(); });
}

/// `sep=;`, with which some spreadsheet programs declare the separator before the header.
bool CsvReader::names_separator() const { return fields_.size() == 2 && fields_[0] == "sep=" && fields_[1].empty(); }

void CsvReader::take_plain(char byte) {
  if (ends_field(byte)) return end_field();
  state_ = State::plain;
  if (byte == '"') fail("has a quote inside a field that is not quoted");
  add(byte);
}

void CsvReader::take_after_quote(char byte) {
  if (ends_field(byte)) return end_field();
  if (byte == '"') {
    add(byte);
    state_ = State::quoted;
  } else if (byte != '\r') {
    fail("has text behind a closing quote");
  }
}

bool CsvReader::take(char byte) {
  if (byte == '\n') ++lines_;
  if (++size_ > longest_record && state_ != State::skipping) {
    fail("is longer than 256 KiB (is a quote missing?)");
    state_ = State::skipping;
  }
  if (byte == '\n' && state_ != State::quoted) {
    // The CR of a line end is not part of the last field.
    if (state_ == State::plain && field_.ends_with('\r')) field_.pop_back();
    end_field();
    return true;
  }
  switch (state_) {
    case State::skipping:
      break;
    case State::field_start:
      if (byte != '"') {
        take_plain(byte);
      } else {
        state_ = State::quoted;
        was_quoted_ = true;
      }
      break;
    case State::plain:
      take_plain(byte);
      break;
    case State::quoted:
      if (byte == '"')
        state_ = State::quote_in_quoted;
      else
        add(byte);
      break;
    case State::quote_in_quoted:
      take_after_quote(byte);
      break;
  }
  return false;
}

bool CsvReader::read_row() {
  fields_.clear();
  field_.clear();
  fault_ = {};
  size_ = 0;
  was_quoted_ = false;
  state_ = State::field_start;
  row_line_ = lines_ + 1;
  bool any = false;
  for (;;) {
    const std::string_view piece = source_.peek();
    if (piece.empty()) break;
    any = true;
    for (std::size_t i = 0; i < piece.size(); ++i) {
      if (!take(piece[i])) continue;
      source_.consume(i + 1);
      return true;
    }
    source_.consume(piece.size());
  }
  if (!any) return false;
  if (state_ == State::quoted) fail("has a quoted field that does not end");
  end_field();
  return true;
}

void CsvReader::read_header() {
  do {
    if (!read_row()) throw std::runtime_error("the file is empty; its first line must name the columns");
  } while (fault_.empty() && (is_blank() || names_separator()));
  if (!fault_.empty()) throw std::runtime_error("the header " + std::string(fault_));
  for (const std::string& name : fields_) {
    const UserColumn* const column = find_column(name);
    if (column == nullptr)
      throw std::runtime_error("column " + std::to_string(columns_.size() + 1) + " of the header has no known name");
    if (std::find(columns_.begin(), columns_.end(), column) != columns_.end())
      throw std::runtime_error("the header names " + std::string(column->name) + " twice");
    columns_.push_back(column);
  }
}

Record CsvReader::as_record() {
  if (fault_.empty() && fields_.size() != columns_.size()) fail("has more or fewer fields than the header");
  const auto is_utf8 = [](const std::string& field) { return validators::utf8_length(field).has_value(); };
  if (fault_.empty() && !std::all_of(fields_.begin(), fields_.end(), is_utf8)) fail("is not UTF-8");
  Record record{row_line_, {}, {}};
  for (std::size_t i = 0; fault_.empty() && i < fields_.size(); ++i) {
    if (fields_[i].empty()) continue;
    std::optional<json::Value> value = from_cell(*columns_[i], fields_[i]);
    if (!value) fail("has a date that can be read in two ways; write it as 2024-01-31");
    if (value) record.members.emplace_back(columns_[i]->name, std::move(*value));
  }
  if (!fault_.empty()) return Record{row_line_, {}, fault_};
  return record;
}

std::optional<Record> CsvReader::next() {
  if (columns_.empty()) read_header();
  while (read_row())
    if (!fault_.empty() || !is_blank()) return as_record();
  return std::nullopt;
}

}  // namespace portcullis::transfer
