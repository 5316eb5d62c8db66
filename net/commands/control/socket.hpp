#pragma once
// The 0600 Unix socket in the data folder through which commands reach the process that owns the store. A message is
// four bytes of length (big-endian) and that many bytes of payload. Payload of a request:
// `{"command":..,"arguments":{..}}`; of an answer: `+` or `-`, then the outcome's JSON. One request for each
// connection.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/commands/commands.hpp"

namespace portcullis::commands {

inline constexpr std::uint32_t most_request_bytes = 4 << 20;  ///< one order of an import, at its largest
inline constexpr std::uint32_t most_answer_bytes = 16 << 20;  ///< the most that json::parse accepts

[[nodiscard]] std::filesystem::path control_socket_path(const std::filesystem::path& data);

/// Serves commands on a thread of its own, one per connection. The caller holds the store's lock, so an existing socket
/// file belongs to no process and is replaced. Clients of a user other than this process's (or root) are refused.
class ControlServer {
 public:
  /// Throws std::runtime_error when the socket cannot be made. `services` outlives it.
  ControlServer(const std::filesystem::path& data, Services& services);
  ~ControlServer();  ///< stop()
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;
  /// Accepts no more commands, lets running ones answer (a check ends early), removes the socket. Idempotent.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Sends a command to the owner of `data`; empty when no process listens there. Blocks until the answer. Throws
/// std::runtime_error when the owner exits or its answer is malformed.
[[nodiscard]] std::optional<Outcome> ask_owner(const std::filesystem::path& data, std::string_view command,
                                               const json::Value& arguments);

}  // namespace portcullis::commands
