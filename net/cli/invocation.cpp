#include "net/cli/invocation.hpp"

#include <cstdio>
#include <stdexcept>
#include <utility>

#include "core/printable.hpp"
#include "net/cli/store_link.hpp"
#include "net/cli/terminal.hpp"

namespace portcullis::cli {

commands::Outcome perform(const Invocation& invocation, Config config) {
  StoreLink link(std::move(config), {.hashes = invocation.hashes, .creates_store = invocation.creates_store});
  commands::Outcome outcome = link.run(invocation.command, json::Value(invocation.arguments));
  if (outcome.ok && invocation.erases) link.erase_removed();
  return outcome;
}

int report(const commands::Outcome& outcome, bool as_json) {
  const std::optional<json::Value> value = json::parse(outcome.body);
  const json::Object* const object = value ? value->object() : nullptr;
  if (object == nullptr) throw std::runtime_error("the answer is not one of ours");
  if (!outcome.ok) {
    const json::Value* const sentence = json::find(*object, "error");
    const json::Value* const type = json::find(*object, "type");
    const bool usage = type != nullptr && type->string() != nullptr && *type->string() == "usage";
    const std::string said = sentence != nullptr && sentence->string() != nullptr ? *sentence->string() : "failed";
    const std::string shown = as_json ? printable_json(outcome.body) : "portcullis: " + printable(said);
    std::fputs((shown + "\n").c_str(), stderr);
    return usage ? 2 : 1;
  }
  const std::string text = as_json ? printable_json(outcome.body) + "\n" : render(*object);
  std::fwrite(text.data(), 1, text.size(), stdout);
  const json::Value* const sound = json::find(*object, "ok");
  return sound != nullptr && sound->boolean() != nullptr && !*sound->boolean() ? 1 : 0;
}

}  // namespace portcullis::cli
