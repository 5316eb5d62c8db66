// Form and multipart bodies and queries (first line: a content type, the rest: the body): bounded, however they nest.

#include "net/wire/params.hpp"
#include "tests/fuzz/support/check.hpp"

namespace {

using namespace portcullis;

void require_bounded(const json::Value& value, std::size_t levels) {
  if (const json::Array* array = value.array()) {
    fuzz::require(levels > 0 && array->size() <= max_array_elements, "arrays are bounded");
    for (const json::Value& item : *array) require_bounded(item, levels - 1);
  } else if (const json::Object* object = value.object()) {
    fuzz::require(levels > 0 && object->size() <= max_parameters, "objects are bounded");
    for (const auto& member : *object) require_bounded(member.second, levels - 1);
  }
}

void require_bounded(const result<json::Object>& bag) {
  if (!bag) {
    fuzz::require(bag.error().code == errc::general_argument_invalid, "a refusal is a typed error");
    return;
  }
  fuzz::require(bag->size() <= max_parameters, "parameters are bounded");
  for (const auto& member : *bag) require_bounded(member.second, 3);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [type, body] = fuzz::first_line(fuzz::text_of(data, size));
  require_bounded(parse_form(body));
  require_bounded(parse_multipart(body, type));

  http::Request request;
  request.target = "/v1/account?" + std::string(body);
  require_bounded(read_parameters(request));
  request.method = http::Method::post;
  request.target = "/v1/account";
  request.body = std::string(body);
  request.headers.emplace_back("Content-Type", type);
  const result<json::Object> bag = read_parameters(request);
  if (bag) fuzz::require(bag->size() <= max_parameters, "parameters are bounded");
  return 0;
}
