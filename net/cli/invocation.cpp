#include "net/cli/invocation.hpp"

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <thread>
#include <utility>

#include "net/admin/arguments.hpp"
#include "net/admin/control_socket.hpp"
#include "net/admin/store_files.hpp"
#include "net/app.hpp"
#include "net/cli/terminal.hpp"
#include "storage/owner_lock.hpp"

namespace portcullis::cli {
namespace {

constexpr std::chrono::seconds owner_patience{10};  // a server that starts or stops holds the lock without a socket
constexpr std::chrono::milliseconds owner_pause{20};

/// check and backup need the store's rows only, so they work on one whose projects cannot be read.
admin::Outcome perform_on_engine(const Invocation& invocation, const Config& config) {
  storage::LmdbOptions options;
  options.folder = config.data;
  options.create = false;
  const std::unique_ptr<storage::Engine> engine = storage::open_lmdb(options);
  if (invocation.command == "check") return admin::check_store(*engine, Progress("records checked"));
  admin::Arguments arguments{json::Value(invocation.arguments)};
  admin::BackupOrder order;
  order.to = arguments.required("to");
  order.with_seal_key = arguments.flag("sealKey");
  if (arguments.wrong()) return arguments.refusal();
  return admin::backup_store(*engine, config, order);
}

admin::Outcome perform_on_app(const Invocation& invocation, Config config) {
  config.log_level = Log::Level::error;
  config.log_format = Log::Format::text;
  config.hash_threads = 1;
  if (!invocation.hashes) config.hash_cost = Argon2Cost{8, 1};  // the arena is allocated at start, needed or not
  App app(std::move(config));
  admin::Outcome outcome = admin::run_now(app.services(), invocation.command, json::Value(invocation.arguments));
  app.stop();
  return outcome;
}

bool holds_store(const std::filesystem::path& data) {
  std::error_code failed;
  return std::filesystem::is_directory(data, failed) && !std::filesystem::is_empty(data, failed);
}

}  // namespace

admin::Outcome perform(const Invocation& invocation, Config config) {
  if (!invocation.creates_store && !holds_store(config.data))
    throw std::runtime_error(config.data.string() + " holds no store; `portcullis serve --data " +
                             config.data.string() + "` makes one");
  const auto give_up = std::chrono::steady_clock::now() + owner_patience;
  for (;;) {
    std::optional<admin::Outcome> answer =
        admin::ask_owner(config.data, invocation.command, json::Value(invocation.arguments));
    if (answer) return std::move(*answer);
    const std::optional<storage::OwnerLock> lock = storage::OwnerLock::take(config.data);
    if (lock) {
      const bool engine_only = invocation.command == "check" || invocation.command == "backup";
      return engine_only ? perform_on_engine(invocation, config) : perform_on_app(invocation, std::move(config));
    }
    if (std::chrono::steady_clock::now() > give_up) {
      const std::optional<int> owner = storage::OwnerLock::owner(config.data);
      throw std::runtime_error(config.data.string() + " is in use by process " +
                               (owner ? std::to_string(*owner) : std::string("(unknown)")) +
                               ", which does not answer on its control socket");
    }
    std::this_thread::sleep_for(owner_pause);
  }
}

int report(const admin::Outcome& outcome, bool as_json) {
  const std::optional<json::Value> value = json::parse(outcome.body);
  const json::Object* const object = value ? value->object() : nullptr;
  if (object == nullptr) throw std::runtime_error("the answer is not one of ours");
  if (!outcome.ok) {
    const json::Value* const sentence = json::find(*object, "error");
    const json::Value* const type = json::find(*object, "type");
    const bool usage = type != nullptr && type->string() != nullptr && *type->string() == "usage";
    const std::string said = sentence != nullptr && sentence->string() != nullptr ? *sentence->string() : "failed";
    std::fputs(as_json ? (outcome.body + "\n").c_str() : ("portcullis: " + said + "\n").c_str(), stderr);
    return usage ? 2 : 1;
  }
  const std::string text = as_json ? outcome.body + "\n" : render(*object);
  std::fwrite(text.data(), 1, text.size(), stdout);
  const json::Value* const sound = json::find(*object, "ok");
  return sound != nullptr && sound->boolean() != nullptr && !*sound->boolean() ? 1 : 0;
}

}  // namespace portcullis::cli
