#include "core/password/verification.hpp"

#include <algorithm>
#include <utility>

namespace portcullis {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

CostClass class_of(const Argon2Phc& phc) { return CostClass{0, phc.memory_kib, phc.passes, phc.lanes}; }

}  // namespace

bool compute_tag(const HashEngine& engine, Argon2Phc& phc, std::string_view password, HashArena arena) {
  const argon2::Params params{phc.id, phc.version, phc.memory_kib, phc.passes, phc.lanes};
  argon2::Inputs inputs{bytes_of(password), bytes_of(std::string_view(phc.salt)), {}, {}};
  if (const Pepper* pepper = engine.peppers.find(phc.key_id)) inputs.secret = bytes_of(pepper->secret.view());
  std::string tag(phc.tag.size(), '\0');
  const std::span out(reinterpret_cast<std::uint8_t*>(tag.data()), tag.size());
  const std::span memory(static_cast<std::byte*>(arena.data), arena.size);
  if (!argon2::hash(engine.selection.kernel, params, inputs, memory, out)) return false;
  phc.tag = std::move(tag);
  return true;
}

CostClass Expectation::cost() const {
  if (fresh && !only_on_match) return class_of(*fresh);
  return foreign ? foreign->cost() : class_of(*argon2);
}

void Verification::check(std::size_t index, HashArena arena) {
  Expectation& each = expected[index];
  bool equal = false;
  if (each.foreign) {
    equal = each.foreign->matches(password.view());
  } else {
    Argon2Phc made = *each.argon2;
    const bool computed = compute_tag(*engine, made, password.view(), arena);
    equal = constant_time_equal(made.tag, each.argon2->tag) && computed;
    wipe(made.tag);
  }
  each.hit = equal && each.can_match;
  if (!each.fresh) return;
  const bool proved = each.hit && (!each.foreign || each.foreign->sees_whole(password.view()));
  if (proved && each.only_on_match && arena.followed != nullptr) *arena.followed = true;
  const bool computed = (proved || !each.only_on_match) && compute_tag(*engine, *each.fresh, password.view(), arena);
  if (!computed || !proved) each.fresh.reset();
}

bool Verification::may_follow() const {
  return std::any_of(expected.begin(), expected.end(),
                     [](const Expectation& each) { return each.fresh && each.only_on_match; });
}

CostClass Verification::cost() const {
  CostClass dearest;
  std::uint32_t memory_kib = 0;
  for (const Expectation& each : expected) {
    dearest = std::max(dearest, each.cost());
    memory_kib = std::max(memory_kib, each.cost().memory_kib);
  }
  dearest.memory_kib = memory_kib;
  return dearest;
}

}  // namespace portcullis
