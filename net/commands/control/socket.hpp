#pragma once
// The 0600 Unix socket in the data folder through which commands reach the process that owns the store. A message is
// four bytes of length (big-endian) and as many of payload. Request payload: `{"command":..,"arguments":{..}}`; answer
// payload: `+` or `-`, then the outcome's JSON. One request a connection.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/commands/commands.hpp"

namespace portcullis::admin {

inline constexpr std::uint32_t most_request_bytes = 4 << 20;  ///< a piece of an import, at its worst
inline constexpr std::uint32_t most_answer_bytes = 16 << 20;  ///< what json::parse takes

[[nodiscard]] std::filesystem::path control_socket_path(const std::filesystem::path& data);

/// Serves commands on a thread of its own, one at a time a connection. The caller holds the store's lock, so a socket
/// file that is already there is a dead one and is replaced. Callers of another user than this process's (or root) are
/// turned away.
class ControlServer {
 public:
  /// Throws std::runtime_error when the socket cannot be made. `services` outlives it.
  ControlServer(const std::filesystem::path& data, Services& services);
  ~ControlServer();  ///< stop()
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;
  /// Takes no more commands, lets running ones answer (a check ends early), removes the socket. Idempotent.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Asks the owner of `data`; empty when nobody listens there. Blocks until the answer. Throws std::runtime_error when
/// the owner goes away or answers nonsense.
[[nodiscard]] std::optional<Outcome> ask_owner(const std::filesystem::path& data, std::string_view command,
                                               const json::Value& arguments);

}  // namespace portcullis::admin
