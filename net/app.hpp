#pragma once
// The composition root: builds every object in dependency order and destroys it in reverse. App::handle is the whole
// product without a socket; the server, the tests and an embedding program call the same function.

#include <functional>
#include <memory>
#include <string>

#include "core/json/value.hpp"
#include "core/password/argon2.hpp"
#include "net/config/config.hpp"
#include "net/http/message.hpp"
#include "net/http/server.hpp"
#include "net/state/services.hpp"
#include "storage/fault_hooks.hpp"

namespace portcullis {

class Outbound;

/// What tests may replace; null = the real one.
struct AppOverrides {
  const Clock* clock = nullptr;
  Random* random = nullptr;
  storage::FaultHooks faults;
  argon2::SelfTest kernel_passes = argon2::passes_self_test;
  int log_fd = 2;
};

class App {
 public:
  /// Opens the store (the caller holds its OwnerLock) and starts hash and writer threads. Throws std::runtime_error
  /// with a sentence for people.
  explicit App(Config config, AppOverrides overrides = {});
  ~App();  ///< stop()
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Answers one request, which must outlive the call; runs on the caller's executor and resumes there. Wipes the body.
  [[nodiscard]] awaitable<http::Response> handle(http::Request& request, http::Exchange exchange);
  /// The response to what the HTTP server itself refuses.
  [[nodiscard]] http::Response refuse(int status, std::string_view why) const;
  /// Saves hot rate-limit windows and pings when any have changed; called every 10 s and at stop.
  [[nodiscard]] awaitable<void> save_counts();
  /// Erases the next piece of what removed projects left; true: there is more. Called repeatedly.
  [[nodiscard]] awaitable<bool> erase_removed();
  /// Erases all of it, on the calling thread.
  void erase_all_removed();
  /// Checks the next few users for expired sessions and erases these; true: all users have been checked, and the next
  /// call starts again with the first. Called repeatedly.
  [[nodiscard]] awaitable<bool> sweep_sessions();
  /// Begins to send what the outbox holds, on a thread of its own. A process that only runs a command never does.
  void start_sending();
  /// Null where start_sending() was not called.
  [[nodiscard]] const Outbound* outbound() const noexcept;
  /// Drains the hash pool and the writer, saves limits, closes the store. Idempotent.
  void stop();

  [[nodiscard]] Services& services() noexcept;
  [[nodiscard]] storage::Engine& engine() noexcept;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace portcullis
