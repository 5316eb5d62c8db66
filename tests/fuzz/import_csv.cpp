// A file of users as CSV: whatever it holds, reading ends, lines only grow, a refusal has a reason, and a record that
// is read and written again is the same record.

#include <optional>
#include <stdexcept>
#include <string>

#include "core/json/writer.hpp"
#include "net/transfer/record_reader.hpp"
#include "net/transfer/user_columns.hpp"
#include "tests/fuzz/support/check.hpp"

namespace {

using namespace portcullis;
using namespace portcullis::transfer;

void survives_writing(const Record& record) {
  std::string header, row;
  for (const auto& [name, value] : record.members) {
    const std::string cell = to_cell(value);
    if (cell.empty()) continue;  // no label at all
    header += (header.empty() ? "" : ",") + name;
    row += (row.empty() ? "" : ",") + cell;
  }
  if (header.empty()) return;
  const std::string text = header + "\r\n" + row + "\r\n";
  const std::unique_ptr<RecordReader> reader = read_records(Format::csv, source_of(text));
  const std::optional<Record> again = reader->next();
  fuzz::require(again && again->refusal.empty(), "what is written is read");
  std::string header_again, row_again;
  for (const auto& [name, value] : again->members) {
    header_again += (header_again.empty() ? "" : ",") + name;
    row_again += (row_again.empty() ? "" : ",") + to_cell(value);
  }
  fuzz::require(header_again == header && row_again == row, "and says the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const std::unique_ptr<RecordReader> reader = read_records(Format::csv, source_of(text));
  std::uint64_t line = 0;
  try {
    while (const std::optional<Record> record = reader->next()) {
      fuzz::require(record->line > line, "lines grow");
      line = record->line;
      fuzz::require(record->refusal.empty() || record->members.empty(), "a refused row has no members");
      fuzz::require(record->members.size() <= user_columns.size(), "a member a column");
      survives_writing(*record);
    }
  } catch (const std::runtime_error& wrong_header) {
    fuzz::require(line == 0 && *wrong_header.what() != '\0', "only the header ends it, with a reason");
    return 0;
  }
  fuzz::require(reader->bytes_read() == size, "all of it is read");
  return 0;
}
