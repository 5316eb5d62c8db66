#pragma once
// The administrator's commands (project, key, dev key, platform, mock phone number, user, import, export, check,
// backup) as functions of JSON arguments. They run the same way in the server that owns the store (through its control
// socket) and in a command process that holds the lock itself.

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <future>
#include <string>
#include <string_view>

#include "core/async/offload.hpp"
#include "core/json/value.hpp"
#include "net/state/services.hpp"

namespace portcullis::commands {

/// `ok`: `body` is the answer as JSON; otherwise it is `{"error":"a sentence","type":"..."}`.
struct Outcome {
  bool ok = false;
  std::string body;
};

/// Runs `name` (for example `key.create`) with its arguments. Never throws because of a caller's mistake. `stopping`,
/// when given, ends a long walk of the store early.
[[nodiscard]] awaitable<Outcome> run(Services& services, std::string name, json::Value arguments,
                                     const std::atomic<bool>* stopping = nullptr);

/// The same on the threads of `context`, which outlives it; called on any other thread. On a context with one thread,
/// the second of two commands begins when the first one waits or is done.
[[nodiscard]] std::future<Outcome> start(boost::asio::io_context& context, Services& services, std::string name,
                                         json::Value arguments);

/// The same from a thread without an executor: blocks until it is done.
[[nodiscard]] Outcome run_now(Services& services, std::string name, json::Value arguments);

}  // namespace portcullis::commands
