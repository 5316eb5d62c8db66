#pragma once
// What may be tried now: the sender's memory of hosts and recipients. Pure but for its own state; one thread.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/outbox.hpp"
#include "core/time.hpp"

namespace portcullis::outbound {

class Schedule {
 public:
  /// Something for that host is due then, or before.
  void expect(std::string_view host_mark, Time at);
  /// Of that host nothing is due before; nothing at all where it is empty.
  void replace(const std::string& host_mark, std::optional<Time> at);
  /// Hosts that have something due and room for a try, each once; those that were served longest ago come first.
  [[nodiscard]] std::vector<std::string> ready(Time now);
  /// Tries that may begin to that host now; those of all hosts are counted.
  [[nodiscard]] std::size_t room(const std::string& host_mark, Time now) const;
  /// Tries to that host that are on their way.
  [[nodiscard]] std::size_t running(const std::string& host_mark) const;
  [[nodiscard]] std::size_t running() const noexcept { return running_.size(); }
  [[nodiscard]] bool is_running(const std::string& id) const { return running_.contains(id); }

  /// May the recipient get one more now? A time: not before it. `busy`: another is on its way to them.
  struct Recipient {
    bool busy = false;
    std::optional<Time> not_before;
  };
  [[nodiscard]] Recipient recipient(const OutboxMessage& message, Time now);
  void begin(const OutboxMessage& message, const std::string& host_mark, Time now);
  /// `host_answered`: it is well, whatever it thought of the message.
  void end(const std::string& id, bool host_answered, Time now);

  /// When ready() may answer more than now, if nothing else happens.
  [[nodiscard]] std::optional<Time> next(Time now) const;

 private:
  struct Host {
    std::optional<Time> due;
    std::size_t running = 0;
    std::uint32_t failures = 0;  ///< in a row
    Time paused_until{};
    std::uint64_t served = 0;
  };
  struct Window {
    Time began{};
    std::uint32_t tries = 0;
    bool running = false;
  };
  struct Running {
    std::string host_mark, recipient;
  };
  [[nodiscard]] bool has_room(const Host& host, Time now) const;
  void prune(Time now);

  std::map<std::string, Host, std::less<>> hosts_;
  std::unordered_map<std::string, Window> recipients_;
  std::unordered_map<std::string, Running> running_;
  std::uint64_t served_ = 0;
  std::size_t prune_at_ = 4096;
};

}  // namespace portcullis::outbound
