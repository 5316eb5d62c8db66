#include "net/cli/store_link.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>

#include "net/cli/terminal.hpp"
#include "net/commands/arguments.hpp"
#include "net/commands/control/socket.hpp"
#include "net/commands/store_files.hpp"
#include "storage/open.hpp"

namespace portcullis::cli {
namespace {

constexpr std::chrono::seconds owner_patience{
    10};  // a server that is starting or stopping holds the lock without a socket
constexpr std::chrono::milliseconds owner_pause{20};

/// check and backup need only the store's rows, so they also work when the projects cannot be read.
bool needs_engine_only(const std::string& command) { return command == "check" || command == "backup"; }

commands::Outcome run_on_engine(const std::string& command, const json::Value& given, const Config& config) {
  storage::OpenOptions options;
  options.folder = config.data;
  options.when_absent = storage::WhenAbsent::refuse;
  const std::unique_ptr<storage::Engine> engine = storage::open_store(options);
  if (command == "check") return commands::check_store(*engine, Progress("records checked"), SystemClock{}.now());
  commands::Arguments arguments{given};
  commands::BackupOrder order;
  order.to = arguments.required("to");
  order.with_seal_key = arguments.flag("sealKey");
  if (arguments.wrong()) return arguments.refusal();
  return commands::backup_store(*engine, config, order);
}

bool holds_store(const std::filesystem::path& data) {
  std::error_code failed;
  return std::filesystem::is_directory(data, failed) && !std::filesystem::is_empty(data, failed);
}

}  // namespace

/// The thread that runs commands which nobody waits for.
struct StoreLink::Runner {
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
  std::thread thread{[this] { context.run(); }};

  Runner() = default;
  ~Runner() {  // commands that were started run to their end first
    work.reset();
    thread.join();
  }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
};

StoreLink::StoreLink(Config config, const LinkNeeds& needs) : config_(std::move(config)), hashes_(needs.hashes) {
  if (!needs.creates_store && !holds_store(config_.data))
    throw std::runtime_error(config_.data.string() + " holds no store; `portcullis serve --data " +
                             config_.data.string() + "` makes one");
}

StoreLink::~StoreLink() {
  runner_.reset();
  if (app_) app_->stop();
}

commands::Outcome StoreLink::run_here(const std::string& command, const json::Value& arguments) {
  if (!app_) {
    Config config = config_;
    config.log_level = Log::Level::error;
    config.log_format = Log::Format::text;
    config.hash_threads = 1;
    if (!hashes_) config.hash_cost = Argon2Cost{8, 1};  // the arena is allocated at start, even if it is not needed
    app_ = std::make_unique<App>(std::move(config));
  }
  return commands::run_now(app_->services(), command, arguments);
}

std::future<commands::Outcome> StoreLink::start(std::string command, json::Value arguments) {
  if (!app_)
    return std::async(std::launch::async, [this, command = std::move(command), arguments = std::move(arguments)] {
      return run(command, arguments);
    });
  if (!runner_) runner_ = std::make_unique<Runner>();
  return commands::start(runner_->context, app_->services(), std::move(command), std::move(arguments));
}

void StoreLink::erase_removed() {
  if (app_) app_->erase_all_removed();
}

commands::Outcome StoreLink::run(const std::string& command, const json::Value& arguments) {
  const auto give_up = std::chrono::steady_clock::now() + owner_patience;
  for (;;) {
    if (app_) return run_here(command, arguments);
    std::optional<commands::Outcome> answer = commands::ask_owner(config_.data, command, arguments);
    if (answer) return std::move(*answer);
    std::optional<storage::OwnerLock> lock = storage::OwnerLock::take(config_.data);
    if (lock) lock_.emplace(std::move(*lock));
    if (lock_)
      return needs_engine_only(command) ? run_on_engine(command, arguments, config_) : run_here(command, arguments);
    if (std::chrono::steady_clock::now() > give_up) {
      const std::optional<int> owner = storage::OwnerLock::owner(config_.data);
      throw std::runtime_error(config_.data.string() + " is in use by process " +
                               (owner ? std::to_string(*owner) : std::string("(unknown)")) +
                               ", which does not answer on its control socket");
    }
    std::this_thread::sleep_for(owner_pause);
  }
}

}  // namespace portcullis::cli
