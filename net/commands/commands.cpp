#include "net/commands/commands.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <utility>

#include "core/async/run_blocking.hpp"
#include "net/commands/arguments.hpp"
#include "net/commands/command.hpp"

namespace portcullis::commands {
const std::vector<CommandGroup>& command_groups() {
  static const std::vector<CommandGroup> all{
      project_commands(),       key_commands(),  dev_key_commands(),  platform_commands(), mock_phone_commands(),
      administrator_commands(), user_commands(), transfer_commands(), outbox_commands(),   store_commands()};
  return all;
}

awaitable<Outcome> run(Services& services, std::string name, json::Value arguments, const std::atomic<bool>* stopping) {
  for (const CommandGroup& group : command_groups()) {
    for (const Command& command : group.commands) {
      if (command.name != name) continue;
      Job job{services, std::move(arguments), stopping};
      co_return co_await command.run(std::move(job));
    }
  }
  co_return refused("usage", "there is no command " + name);
}

std::future<Outcome> start(boost::asio::io_context& context, Services& services, std::string name,
                           json::Value arguments) {
  return boost::asio::co_spawn(context, run(services, std::move(name), std::move(arguments)), boost::asio::use_future);
}

Outcome run_now(Services& services, std::string name, json::Value arguments) {
  return run_blocking(run(services, std::move(name), std::move(arguments)));
}

void log_security(Services& services, std::string_view event, std::string_view project, std::string_view user_id,
                  std::string_view reason) {
  services.log.security(SecurityLine{event, "ok", project, user_id, "local", reason, "command"});
}

}  // namespace portcullis::commands
