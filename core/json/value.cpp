#include "core/json/value.hpp"

#include <simdjson.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "core/json/outline.hpp"

namespace portcullis::json {
namespace {

namespace dom = simdjson::dom;
constexpr std::size_t max_text = std::size_t{16} << 20;
/// A thread's parser is freed when it has grown beyond this, so that one large body does not stay in memory.
constexpr std::size_t kept_capacity = 64 * 1024;

/// Objects of up to so many members are checked for repeated names by linear search.
constexpr std::size_t few_members = 16;
/// Memory of a tree for each value: a member, and the allocator's overhead for its name and its text.
constexpr std::size_t value_bytes = sizeof(Object::value_type) + 32;

bool has_repeated_name(const Object& members) {
  for (std::size_t i = 1; i < members.size(); ++i)
    for (std::size_t before = 0; before < i; ++before)
      if (members[before].first == members[i].first) return true;
  return false;
}

/// A repeated name keeps its first position and its last value.
void drop_repeated_names(Object& members) {
  if (members.size() <= few_members && !has_repeated_name(members)) return;
  std::vector<std::uint32_t> order(members.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const int compared = members[a].first.compare(members[b].first);
    return compared != 0 ? compared < 0 : a < b;
  });
  std::vector<bool> dropped(members.size());
  bool any = false;
  for (std::size_t i = 1, first = 0; i < order.size(); ++i) {
    if (members[order[i]].first != members[order[first]].first) {
      first = i;
      continue;
    }
    members[order[first]].second = std::move(members[order[i]].second);
    dropped[order[i]] = any = true;
  }
  if (!any) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (dropped[i]) continue;
    if (kept != i) members[kept] = std::move(members[i]);
    ++kept;
  }
  members.resize(kept);
}

/// Turns a parsed document into an owning tree; `complete` tells whether all of it fitted the bounds. `inexact` has the
/// numbers for which the document holds zeros.
class Conversion {
 public:
  explicit Conversion(std::vector<WrittenNumber>& inexact) : inexact_(inexact) {}
  Value convert(dom::element element);
  [[nodiscard]] bool complete() const noexcept { return complete_; }
  /// The end of the last of the document's own copies of strings.
  [[nodiscard]] const char* texts_end() const noexcept { return texts_end_; }

 private:
  std::string text(std::string_view copy) {
    texts_end_ = std::max(texts_end_, copy.data() + copy.size());
    return std::string(copy);
  }
  Value array(const dom::array& items) {
    Array out;
    out.reserve(items.size());
    for (const dom::element item : items) {
      out.push_back(convert(item));
      if (!complete_) break;
    }
    return Value(std::move(out));
  }
  Value object(const dom::object& members) {
    Object out;
    out.reserve(std::min(members.size(), max_members));
    for (const dom::key_value_pair member : members) {
      complete_ = complete_ && out.size() < max_members;
      if (!complete_) break;
      std::string name = text(member.key);
      out.emplace_back(std::move(name), convert(member.value));
    }
    drop_repeated_names(out);
    return Value(std::move(out));
  }
  template <class Number>
  Value number(Number read) {
    const std::size_t position = numbers_++;
    if (next_ == inexact_.size() || inexact_[next_].position != position) return Value(read);
    return Value(LongNumber{std::move(inexact_[next_++].text)});
  }
  std::vector<WrittenNumber>& inexact_;
  std::size_t numbers_ = 0;
  std::size_t next_ = 0;
  const char* texts_end_ = nullptr;
  bool complete_ = true;
};

Value Conversion::convert(dom::element element) {
  switch (element.type()) {
    case dom::element_type::ARRAY:
      return array(element.get_array().value_unsafe());
    case dom::element_type::OBJECT:
      return object(element.get_object().value_unsafe());
    case dom::element_type::INT64:
      return number(element.get_int64().value_unsafe());
    case dom::element_type::UINT64:  // does not occur: numbers beyond int64 are inexact
      return number(static_cast<double>(element.get_uint64().value_unsafe()));
    case dom::element_type::DOUBLE:
      return number(element.get_double().value_unsafe());
    case dom::element_type::STRING:
      return Value(text(element.get_string().value_unsafe()));
    case dom::element_type::BOOL:
      return Value(element.get_bool().value_unsafe());
    case dom::element_type::NULL_VALUE:
      return Value();
  }
  return Value();
}

/// A parser whose own copies of strings are wiped after use: bodies carry passwords.
class Parser {
 public:
  /// `source` is null, or owns `text` and is wiped and freed before the tree is made.
  result<Value> parse(std::string_view text, std::string* source, const Bounds& bounds) {
    const std::size_t size = text.size();
    if (source != nullptr && source->capacity() >= size + simdjson::SIMDJSON_PADDING) {
      buffer_.swap(*source);
    } else {
      buffer_.reserve(size + simdjson::SIMDJSON_PADDING);
      buffer_.assign(text);
    }
    if (source != nullptr) release(*source);
    Outline outlined = outline(buffer_, bounds.values);
    result<Value> value = error(errc::general_bad_request);
    if (outlined.values > bounds.values) {
      value = error(errc::payload_too_large);
    } else if (bounds.may_take && !bounds.may_take(tree_bytes(outlined.values, size))) {
      value = busy(1);
    } else if (allocate(size)) {
      value = convert(outlined);
    }
    wipe_copies(size);
    if (buffer_.capacity() > kept_capacity) release(buffer_);
    for (WrittenNumber& number : outlined.inexact) portcullis::wipe(number.text);
    return value;
  }
  [[nodiscard]] std::size_t capacity() const { return parser_.capacity(); }

 private:
  static void release(std::string& text) {
    portcullis::wipe(text);
    std::string().swap(text);
  }
  [[nodiscard]] bool allocate(std::size_t size) {
    if (parser_.capacity() >= size && parser_.max_depth() == max_depth) return true;
    return parser_.allocate(std::max<std::size_t>(size, 1024), max_depth) == simdjson::SUCCESS;
  }
  result<Value> convert(Outline& outlined) {
    const auto parsed = parser_.parse(buffer_.data(), buffer_.size(), false);
    if (parsed.error() != simdjson::SUCCESS) return errc::general_bad_request;
    if (buffer_.capacity() > kept_capacity) release(buffer_);  // the document has copies of what is needed
    Conversion conversion(outlined.inexact);
    Value value = conversion.convert(parsed.value_unsafe());
    if (!conversion.complete()) return errc::payload_too_large;
    const auto* const copies = reinterpret_cast<const char*>(parser_.doc.string_buf.get());
    copied_ = conversion.texts_end() == nullptr ? 0 : static_cast<std::size_t>(conversion.texts_end() - copies);
    return value;
  }
  void wipe_copies(std::size_t size) {
    portcullis::wipe(buffer_);
    // simdjson stores unescaped strings, each with its length and a terminator, in its document's string buffer, which
    // is therefore larger than the text (document::allocate), and copies a few bytes more than each string has. The
    // document has a capacity of its own: that of the longest text that reached parsing; the parser's capacity is at
    // least 1024.
    const auto most = [](std::size_t text) { return 5 * text / 3 + simdjson::SIMDJSON_PADDING; };
    std::size_t used = std::min(most(parser_.doc.capacity()), most(size));
    if (copied_) used = std::min(used, *copied_ + 1 + simdjson::SIMDJSON_PADDING);
    copied_.reset();
    if (parser_.doc.string_buf) portcullis::wipe(parser_.doc.string_buf.get(), used);
  }
  dom::parser parser_;
  std::string buffer_;
  std::optional<std::size_t> copied_;  ///< bytes of the document's copies of strings, where known
};

result<Value> parse(std::string_view text, std::string* source, const Bounds& bounds) {
  if (text.empty() || text.size() > max_text) return errc::general_bad_request;
  thread_local std::unique_ptr<Parser> parser;
  if (!parser) parser = std::make_unique<Parser>();
  result<Value> value = parser->parse(text, source, bounds);
  if (parser->capacity() > kept_capacity) parser.reset();
  return value;
}

}  // namespace

const Value* find(const Object& object, std::string_view name) noexcept {
  for (const auto& [key, value] : object)
    if (key == name) return &value;
  return nullptr;
}

std::size_t tree_bytes(std::size_t values, std::size_t text) noexcept { return values * value_bytes + text; }

std::optional<Value> parse(std::string_view text) {
  result<Value> value = parse(text, nullptr, Bounds{});
  if (!value) return std::nullopt;
  return std::move(*value);
}

result<Value> parse_away(std::string& text, const Bounds& bounds) { return parse(text, &text, bounds); }

}  // namespace portcullis::json
