#include "net/commands/commands.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <utility>

#include "net/commands/arguments.hpp"
#include "net/commands/handlers.hpp"

namespace portcullis::admin {
namespace {

struct Command {
  std::string_view name;
  awaitable<Outcome> (*run)(Job);
};

constexpr std::array commands{
    Command{"project.create", create_project},
    Command{"project.list", list_projects},
    Command{"project.set", set_project},
    Command{"project.delete", delete_project},
    Command{"key.create", create_key},
    Command{"key.list", list_keys},
    Command{"key.update", update_key},
    Command{"key.revoke", revoke_key},
    Command{"dev-key.create", create_dev_key},
    Command{"dev-key.list", list_dev_keys},
    Command{"dev-key.update", update_dev_key},
    Command{"dev-key.delete", delete_dev_key},
    Command{"platform.create", create_platform},
    Command{"platform.list", list_platforms},
    Command{"platform.delete", delete_platform},
    Command{"mock-phone.create", create_mock_phone},
    Command{"mock-phone.list", list_mock_phones},
    Command{"mock-phone.delete", delete_mock_phone},
    Command{"admin.create", create_administrator},
    Command{"admin.code", make_signup_code},
    Command{"user.create", create_user},
    Command{"user.list", list_users},
    Command{"user.show", show_user},
    Command{"user.set-password", set_user_password},
    Command{"user.block", block_user},
    Command{"user.unblock", unblock_user},
    Command{"user.delete", delete_user},
    Command{"users.import", import_users},
    Command{"users.export", export_users},
    Command{"check", check},
    Command{"backup", backup},
};

}  // namespace

awaitable<Outcome> run(Services& services, std::string name, json::Value arguments, const std::atomic<bool>* stopping) {
  for (const Command& command : commands) {
    if (command.name != name) continue;
    Job job{services, std::move(arguments), stopping};
    co_return co_await command.run(std::move(job));
  }
  co_return refused("usage", "there is no command " + name);
}

std::future<Outcome> start(boost::asio::io_context& context, Services& services, std::string name,
                           json::Value arguments) {
  return boost::asio::co_spawn(context, run(services, std::move(name), std::move(arguments)), boost::asio::use_future);
}

Outcome run_now(Services& services, std::string name, json::Value arguments) {
  boost::asio::io_context context(1);
  std::future<Outcome> done = start(context, services, std::move(name), std::move(arguments));
  context.run();
  return done.get();
}

void log_security(Services& services, std::string_view event, std::string_view project, std::string_view user_id,
                  std::string_view reason) {
  services.log.security(SecurityLine{event, "ok", project, user_id, "local", reason, "command"});
}

}  // namespace portcullis::admin
