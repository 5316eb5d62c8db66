#pragma once
// Typed changes over the engine's: decide answers edits and a value, and submit() hands the value back after the
// commit.

#include <functional>
#include <memory>
#include <utility>

#include "storage/engine.hpp"

namespace portcullis::storage {

template <class T>
struct Decision {
  Edits edits;
  T value{};
};

/// `decide` follows the rules of EngineChange. A stale premise answers errc::again; the caller reads again, boundedly.
template <class T>
struct Change {
  Reads reads;
  std::function<result<Decision<T>>(const View&)> decide;
  bool refreshes_projects = false;
  std::shared_ptr<CommitTimes> times{};
};

/// Submits and returns decide's value once it is durable.
template <class T>
[[nodiscard]] awaitable<result<T>> submit(Engine& engine, Change<T> change) {
  const auto value = std::make_shared<T>();
  auto decide = [value, inner = std::move(change.decide)](const View& view) -> result<Edits> {
    result<Decision<T>> decision = inner(view);
    if (!decision) return decision.error();
    *value = std::move(decision->value);
    return std::move(decision->edits);
  };
  EngineChange raw{std::move(change.reads), std::move(decide), change.refreshes_projects, false,
                   std::move(change.times)};
  const result<void> done = co_await engine.submit(std::move(raw));
  if (!done) co_return done.error();
  co_return std::move(*value);
}

}  // namespace portcullis::storage
