#pragma once
// The program's log: notices, one access line a request, one line a security event. Text on a terminal, JSON lines
// otherwise. Calls format into a buffer and return; one background thread writes. Thread-safe. Secrets have no overload
// here and must never be passed.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/clock.hpp"

namespace portcullis {

struct AccessLine {
  std::string_view method, route, project, request_id;
  int status = 0;
  std::uint64_t microseconds = 0;
};

struct SecurityLine {
  std::string_view event;    ///< sign_in, sign_up, password_change, session_delete, key_create, ...
  std::string_view outcome;  ///< ok | failed
  std::string_view project, user_id, client_network, reason, request_id;
  std::string_view actor{};  ///< who acted as that user; empty = the user, or no user at all
};

class Log {
 public:
  enum class Format { text, json };
  enum class Level { debug, info, warning, error, off };
  /// Writes to `fd` (stderr by default), which it does not own. Starts the background thread.
  Log(const Clock& clock, Format format, Level level, int fd = 2);
  ~Log();  ///< flushes
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void access(const AccessLine& line);
  void security(const SecurityLine& line);
  void info(std::string_view text);
  void warning(std::string_view text);
  void error(std::string_view text);
  /// Waits until all lines so far are written.
  void flush();
  /// Lines dropped because the buffer (4 MiB) was full; the log tells their number once the buffer has space again.
  [[nodiscard]] std::uint64_t dropped() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace portcullis
