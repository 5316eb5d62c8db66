#include "net/wire/params.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "core/crypto/encoding.hpp"
#include "core/secret.hpp"
#include "core/validators.hpp"

namespace portcullis {
namespace {

const error too_many{errc::general_argument_invalid, "parameters",
                     "at most 100 parameters of at most 100 elements each"};

/// The most elements of all parameters, including those replaced by later ones of the same name.
constexpr std::size_t max_pairs = max_parameters * (max_array_elements + 1);

const error too_many_values{errc::general_argument_invalid, "parameters",
                            "at most 50000 values in a JSON body, and 4096 members in each object"};

const error no_json{errc::general_argument_invalid, "parameters", "a JSON text"};

bool is_index(std::string_view text) {
  return !text.empty() && text.size() <= 6 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The parameters of a form. Names are looked up by an index, because a form may have very many pairs: two bytes are
/// enough for one.
class FormBag {
 public:
  /// Adds `name=value`; the name may be `a`, `a[]`, `a[3]` or `a[key]`.
  [[nodiscard]] result<void> add(std::string_view name, json::Value value);
  [[nodiscard]] json::Object take() { return std::move(bag_); }

 private:
  /// The member of that name, made when there is none; `path` is its full name in the bag.
  [[nodiscard]] json::Value& member(json::Object& object, std::string_view name, std::string_view path);

  json::Object bag_;
  std::map<std::string, std::size_t, std::less<>> positions_;
  std::size_t pairs_ = 0;
};

json::Value& FormBag::member(json::Object& object, std::string_view name, std::string_view path) {
  const auto known = positions_.find(path);
  // A value of another type may have replaced the object.
  if (known != positions_.end() && known->second < object.size() && object[known->second].first == name)
    return object[known->second].second;
  const auto same = [name](const auto& each) { return each.first == name; };
  auto found = std::find_if(object.begin(), object.end(), same);
  if (found == object.end()) found = object.emplace(object.end(), std::string(name), json::Value{});
  positions_.insert_or_assign(std::string(path), static_cast<std::size_t>(found - object.begin()));
  return found->second;
}

result<void> FormBag::add(std::string_view name, json::Value value) {
  if (++pairs_ > max_pairs) return too_many;
  const std::size_t open = name.find('[');
  const bool nested = open != std::string_view::npos && open > 0 && name.back() == ']';
  const std::string_view outer = nested ? name.substr(0, open) : name;
  json::Value& slot = member(bag_, outer, outer);
  if (bag_.size() > max_parameters) return too_many;
  if (!nested) {
    slot = std::move(value);
    return {};
  }
  const std::string_view inner = name.substr(open + 1, name.size() - open - 2);
  if (inner.empty() || is_index(inner)) {
    if (!slot.array()) slot = json::Value(json::Array{});
    auto& elements = std::get<json::Array>(slot.data);
    if (elements.size() >= max_array_elements) return too_many;
    elements.push_back(std::move(value));
    return {};
  }
  if (!slot.object()) slot = json::Value(json::Object{});
  auto& members = std::get<json::Object>(slot.data);
  if (members.size() >= max_parameters) return too_many;
  member(members, inner, name) = std::move(value);
  return {};
}

std::string_view media_type(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  return type;
}

/// The `name="..."` attribute of a part's Content-Disposition, or empty.
std::string_view part_name(std::string_view head) {
  const std::size_t at = head.find("name=\"");
  if (at == std::string_view::npos) return {};
  const std::size_t from = at + 6;
  const std::size_t to = head.find('"', from);
  return to == std::string_view::npos ? std::string_view{} : head.substr(from, to - from);
}

result<json::Object> parse_json(std::string& body, const json::Bounds& bounds, BrokenJson broken) {
  if (validators::trimmed(body).empty()) return json::Object{};
  result<json::Value> parsed = json::parse_away(body, bounds);
  if (!parsed && parsed.error() == errc::payload_too_large) return too_many_values;
  if (!parsed && parsed.error() == errc::server_busy) return parsed.error();
  if (!parsed && broken == BrokenJson::is_refused) return no_json;
  if (!parsed) return json::Object{};
  auto* const object = std::get_if<json::Object>(&parsed->data);
  if (object == nullptr) return json::Object{};
  if (object->size() > max_parameters) return too_many;
  return std::move(*object);
}

}  // namespace

result<void> each_pair(std::string_view form, const PairReader& read) {
  while (!form.empty()) {
    const std::size_t end = form.find('&');
    const std::string_view pair = form.substr(0, end);
    form = end == std::string_view::npos ? std::string_view{} : form.substr(end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string name = crypto::url_decode(pair.substr(0, equals), true);
    const std::string_view encoded = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
    if (name.empty()) continue;
    const result<void> taken = read(name, crypto::url_decode(encoded, true));
    if (!taken) return taken;
  }
  return {};
}

result<json::Object> parse_form(std::string_view text) {
  FormBag bag;
  const result<void> read = each_pair(text, [&bag](std::string_view name, std::string&& value) {
    return bag.add(name, json::Value(std::move(value)));
  });
  if (!read) return read.error();
  return bag.take();
}

result<json::Object> parse_multipart(std::string_view body, std::string_view content_type) {
  const std::size_t at = content_type.find("boundary=");
  if (at == std::string_view::npos) return json::Object{};
  std::string_view boundary = content_type.substr(at + 9);
  boundary = boundary.substr(0, boundary.find(';'));
  if (boundary.size() >= 2 && boundary.front() == '"' && boundary.back() == '"')
    boundary = boundary.substr(1, boundary.size() - 2);
  if (boundary.empty() || boundary.size() > 70) return json::Object{};  // RFC 2046 section 5.1.1
  const std::string delimiter = "--" + std::string(boundary);
  FormBag bag;
  std::size_t parts = 0;  // including those without a name
  std::size_t from = body.find(delimiter);
  while (from != std::string_view::npos) {
    from += delimiter.size();
    if (body.substr(from, 2) != "\r\n") break;
    from += 2;
    const std::size_t head_end = body.find("\r\n\r\n", from);
    const std::size_t next =
        head_end == std::string_view::npos ? head_end : body.find("\r\n" + delimiter, head_end + 2);
    if (next == std::string_view::npos) break;
    if (++parts > max_pairs) return too_many;
    const std::string_view head = body.substr(from, head_end - from);
    const std::string_view name = part_name(head);
    const std::size_t value_at = std::min(head_end + 4, next);
    if (!name.empty() && head.find("filename=") == std::string_view::npos) {
      const result<void> added = bag.add(name, json::Value(std::string(body.substr(value_at, next - value_at))));
      if (!added) return added.error();
    }
    from = next + 2;
  }
  return bag.take();
}

result<json::Object> read_parameters(const http::Request& request) {
  http::Request copy = request;
  return take_parameters(copy, nullptr);
}

result<json::Object> take_parameters(http::Request& request, http::BodyShare* share, BrokenJson broken) {
  const auto body_gone = [](http::Request* r) {
    wipe(r->body);
    std::string().swap(r->body);
  };
  const std::unique_ptr<http::Request, decltype(body_gone)> at_last(&request, body_gone);
  if (request.method == http::Method::get || request.method == http::Method::head) {
    const std::size_t query = request.target.find('?');
    return query == std::string::npos ? json::Object{} : parse_form(std::string_view(request.target).substr(query + 1));
  }
  if (request.body.empty()) return json::Object{};
  const std::string_view content_type = request.header("Content-Type");
  const std::string type = validators::ascii_lower(media_type(content_type));
  const auto may_take = [share](std::size_t bytes) { return share == nullptr || share->resize(bytes); };
  if (type == "application/json") return parse_json(request.body, json::Bounds{max_body_values, may_take}, broken);
  // Not more than there may be of them: an empty element is `a&`, a part of several some 32 bytes long.
  constexpr std::size_t shortest_part = 32;
  const bool multipart = type == "multipart/form-data";
  const auto pairs = multipart ? request.body.size() / shortest_part
                               : static_cast<std::size_t>(std::count(request.body.begin(), request.body.end(), '&'));
  if (!may_take(json::tree_bytes(std::min(pairs + 1, max_pairs), request.body.size()))) return busy(1);
  return multipart ? parse_multipart(request.body, content_type) : parse_form(request.body);
}

bool reads_bag(const Inputs& inputs, const std::vector<std::pair<std::string_view, std::string>>& path) {
  return std::any_of(inputs.params.begin(), inputs.params.end(), [&path](const Param& param) {
    return std::none_of(path.begin(), path.end(), [&param](const auto& each) { return each.first == param.name; });
  });
}

std::string_view text_of(const Inputs& inputs, std::string_view name, const void* input) {
  const auto param =
      std::find_if(inputs.params.begin(), inputs.params.end(), [name](const Param& each) { return each.name == name; });
  return param == inputs.params.end() || !param->text ? std::string_view{} : param->text(input);
}

result<std::shared_ptr<void>> read_inputs(const Inputs& inputs, const json::Object& bag,
                                          const std::vector<std::pair<std::string_view, std::string>>& path,
                                          const RuleContext& context) {
  if (!inputs.make) return std::shared_ptr<void>{};
  std::shared_ptr<void> input = inputs.make();
  for (const Param& param : inputs.params) {
    const auto in_path = std::find_if(path.begin(), path.end(), [&](const auto& p) { return p.first == param.name; });
    const json::Value from_path = in_path == path.end() ? json::Value{} : json::Value(in_path->second);
    const json::Value* value = in_path == path.end() ? json::find(bag, param.name) : &from_path;
    if (!value || (value->is_null() && !param.reads_null)) {
      if (param.required) return error(errc::general_argument_invalid, param.name, "is required");
      continue;
    }
    if (!param.read(*value, context, input.get()))
      return error(errc::general_argument_invalid, param.name, param.words);
  }
  return input;
}

}  // namespace portcullis
