#include "net/wire/imported_hash.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "core/json/value.hpp"
#include "core/password/phc.hpp"

namespace portcullis {
namespace {

/// Where a member of the stored options is read from.
struct Detail {
  std::string_view kind;
  std::string_view option;
  std::string_view member;
};
constexpr Detail all_details[] = {
    {"sha", "version", "passwordVersion"},
    {"scrypt", "salt", "passwordSalt"},
    {"scrypt", "costCpu", "passwordCpu"},
    {"scrypt", "costMemory", "passwordMemory"},
    {"scrypt", "costParallel", "passwordParallel"},
    {"scrypt", "length", "passwordLength"},
    {"scryptMod", "salt", "passwordSalt"},
    {"scryptMod", "saltSeparator", "passwordSaltSeparator"},
    {"scryptMod", "signerKey", "passwordSignerKey"},
};

void write_scrypt(json::Writer& out, const HashDetails& details) {
  out.field("costCpu", details.cpu);
  out.field("costMemory", details.memory);
  out.field("costParallel", details.parallel);
  out.field("length", details.length);
  out.field("salt", details.salt);
}

std::string options_of(std::string_view kind, const HashDetails& details, Random& random) {
  std::string options;
  json::Writer out(options);
  out.begin_object();
  if (kind != "sha") out.field("type", kind);
  if (kind == "sha") out.field("version", details.sha_version);
  if (kind == "bcrypt") out.field("cost", std::int64_t{8});
  if (kind == "phpass") {
    out.field("iteration_count_log2", std::int64_t{8});
    out.field("portable_hashes", false);
    out.field("random_state", random.hex(8));
  }
  if (kind == "scrypt") write_scrypt(out, details);
  if (kind == "scryptMod") {
    out.field("salt", details.salt);
    out.field("saltSeparator", details.separator);
    out.field("signerKey", details.signer_key);
  }
  out.end_object();
  return options;
}

}  // namespace

PasswordHash imported_hash(std::string_view kind, std::string text, const HashDetails& details, Random& random) {
  PasswordHash hash{std::string(kind), std::move(text), {}};
  const std::optional<Argon2Phc> phc = kind == "argon2" ? parse_phc(hash.encoded) : std::nullopt;
  hash.options = phc ? hash_options(*phc) : options_of(kind, details, random);
  return hash;
}

std::string shown_hash_options(std::string_view kind, std::string_view stored) {
  const std::optional<json::Value> options = json::parse(stored);
  const json::Object* const members = options ? options->object() : nullptr;
  if (members == nullptr) return std::string(stored);
  std::string text;
  json::Writer out(text);
  out.begin_object();
  for (const auto& [name, value] : *members) {
    out.key(name);
    out.value(value);
  }
  const auto add = [&](std::string_view name, const json::Value& value) {
    if (json::find(*members, name) != nullptr) return;
    out.key(name);
    out.value(value);
  };
  add("type", json::Value(std::string(kind)));
  for (const auto& [ours, theirs] : {std::pair{"memory_cost", "memoryCost"}, std::pair{"time_cost", "timeCost"}})
    if (const json::Value* const value = json::find(*members, ours)) add(theirs, *value);
  // The Python SDK fills absent members with each kind's defaults, and then picks the model with the most members.
  for (const char* const telling : {"threads", "costCpu", "salt"}) add(telling, json::Value());
  out.end_object();
  return text;
}

bool is_hash_kind(std::string_view kind) noexcept {
  constexpr std::string_view kinds[] = {"argon2", "bcrypt", "md5", "sha", "phpass", "scrypt", "scryptMod"};
  return std::find(std::begin(kinds), std::end(kinds), kind) != std::end(kinds);
}

void write_hash_details(json::Writer& out, const PasswordHash& stored) {
  const std::optional<json::Value> options = json::parse(stored.options);
  const json::Object* const members = options ? options->object() : nullptr;
  if (members == nullptr) return;
  for (const Detail& each : all_details) {
    const json::Value* const value = each.kind == stored.algorithm ? json::find(*members, each.option) : nullptr;
    if (value == nullptr) continue;
    out.key(each.member);
    out.value(*value);
  }
}

}  // namespace portcullis
