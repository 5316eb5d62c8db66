#include "net/transfer/json_lines_reader.hpp"

#include <algorithm>
#include <utility>

namespace portcullis::transfer {

bool JsonLinesReader::read_line() {
  text_.clear();
  too_long_ = false;
  bool any = false;
  for (;;) {
    const std::string_view piece = source_.peek();
    if (piece.empty()) return any;
    if (!any) ++line_;
    any = true;
    const std::size_t end = std::min(piece.find('\n'), piece.size());
    const std::size_t fitting = longest_record - text_.size();
    text_.append(piece.substr(0, std::min(end, fitting)));
    too_long_ = too_long_ || end > fitting;
    const bool whole = end < piece.size();
    source_.consume(end + (whole ? 1 : 0));
    if (whole) return true;
  }
}

std::optional<Record> JsonLinesReader::next() {
  while (read_line()) {
    if (too_long_) return Record{line_, {}, "is longer than 256 KiB"};
    if (text_.find_first_not_of(" \t\r") == std::string::npos) continue;
    std::optional<json::Value> value = json::parse(text_);
    if (!value || value->object() == nullptr) return Record{line_, {}, "is no JSON object"};
    return Record{line_, std::move(std::get<json::Object>(value->data)), {}};
  }
  return std::nullopt;
}

}  // namespace portcullis::transfer
