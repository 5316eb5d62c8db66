#include "core/json/value.hpp"

#include <simdjson.h>

#include <algorithm>
#include <memory>

namespace portcullis::json {
namespace {

namespace dom = simdjson::dom;
constexpr std::size_t max_text = std::size_t{16} << 20;
/// Beyond this a thread's parser is not kept, so that one large body does not stay in memory.
constexpr std::size_t kept_capacity = 64 * 1024;

/// Far beyond any limit on parameters; keeps the search for repeated names bounded.
constexpr std::size_t max_members = 4096;

/// Turns a parsed document into an owning tree; `complete` tells whether all of it fitted.
class Conversion {
 public:
  Value convert(dom::element element);
  [[nodiscard]] bool complete() const noexcept { return complete_; }

 private:
  Value array(const dom::array& items) {
    Array out;
    for (const dom::element item : items) out.push_back(convert(item));
    return Value(std::move(out));
  }
  Value object(const dom::object& members) {
    Object out;
    for (const dom::key_value_pair member : members) {
      Value value = convert(member.value);
      const auto named = [&](const auto& entry) { return entry.first == member.key; };
      const auto at = std::find_if(out.begin(), out.end(), named);
      if (at != out.end())
        at->second = std::move(value);
      else
        out.emplace_back(std::string(member.key), std::move(value));
      if (out.size() <= max_members) continue;
      complete_ = false;
      break;
    }
    return Value(std::move(out));
  }
  bool complete_ = true;
};

Value Conversion::convert(dom::element element) {
  switch (element.type()) {
    case dom::element_type::ARRAY:
      return array(element.get_array().value_unsafe());
    case dom::element_type::OBJECT:
      return object(element.get_object().value_unsafe());
    case dom::element_type::INT64:
      return Value(element.get_int64().value_unsafe());
    case dom::element_type::UINT64:
      return Value(static_cast<double>(element.get_uint64().value_unsafe()));
    case dom::element_type::DOUBLE:
      return Value(element.get_double().value_unsafe());
    case dom::element_type::STRING:
      return Value(std::string(element.get_string().value_unsafe()));
    case dom::element_type::BOOL:
      return Value(element.get_bool().value_unsafe());
    case dom::element_type::NULL_VALUE:
      return Value();
  }
  return Value();
}

/// A parser's own copies of strings are wiped with it: bodies carry passwords.
class Parser {
 public:
  std::optional<Value> parse(std::string_view text) {
    if (parser_.capacity() < text.size() || parser_.max_depth() != max_depth) {
      if (parser_.allocate(std::max<std::size_t>(text.size(), 1024), max_depth) != simdjson::SUCCESS)
        return std::nullopt;
    }
    buffer_.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    buffer_.assign(text);
    const auto parsed = parser_.parse(buffer_.data(), buffer_.size(), false);
    std::optional<Value> value;
    if (parsed.error() == simdjson::SUCCESS) {
      Conversion conversion;
      value = conversion.convert(parsed.value_unsafe());
      if (!conversion.complete()) value.reset();
    }
    wipe_copies(text.size());
    return value;
  }
  [[nodiscard]] std::size_t capacity() const { return parser_.capacity(); }

 private:
  void wipe_copies(std::size_t size) {
    portcullis::wipe(buffer_);
    // simdjson holds unescaped strings, each with its length and an end mark, in its document's string buffer, which is
    // therefore larger than the text (document::allocate), and copies a little more than each string.
    const auto most = [](std::size_t text) { return 5 * text / 3 + simdjson::SIMDJSON_PADDING; };
    if (parser_.doc.string_buf)
      portcullis::wipe(parser_.doc.string_buf.get(), std::min(most(parser_.capacity()), most(size)));
  }
  dom::parser parser_;
  std::string buffer_;
};

}  // namespace

const Value* find(const Object& object, std::string_view name) noexcept {
  for (const auto& [key, value] : object)
    if (key == name) return &value;
  return nullptr;
}

std::optional<Value> parse(std::string_view text) {
  if (text.empty() || text.size() > max_text) return std::nullopt;
  thread_local std::unique_ptr<Parser> parser;
  if (!parser) parser = std::make_unique<Parser>();
  std::optional<Value> value = parser->parse(text);
  if (parser->capacity() > kept_capacity) parser.reset();
  return value;
}

}  // namespace portcullis::json
