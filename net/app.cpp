#include "net/app.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "core/async/run_blocking.hpp"
#include "net/actions/commit.hpp"
#include "net/actions/pings.hpp"
#include "net/actions/seal_key.hpp"
#include "net/api/lists/lists.hpp"
#include "net/api/routes.hpp"
#include "net/changes/projects.hpp"
#include "net/changes/web_hosts.hpp"
#include "net/config/machine.hpp"
#include "net/outbound/outbound.hpp"
#include "net/pipeline/answers.hpp"
#include "net/pipeline/pipeline.hpp"
#include "net/pipeline/request_metrics.hpp"
#include "storage/codec.hpp"
#include "storage/erasure.hpp"
#include "storage/keys.hpp"
#include "storage/open.hpp"
#include "storage/projects.hpp"
#include "storage/session_sweep.hpp"
#include "storage/upgrade.hpp"

namespace portcullis {
namespace {

constexpr std::chrono::seconds stop_grace{10};
constexpr std::size_t cache_shards = 4;  // for each reactor
constexpr std::size_t limit_chunk_bytes = 256 * 1024;

/// Tells the operator that the store takes no more changes, and what to do.
void tell_of_trouble(Log& log, const std::filesystem::path& data, storage::Trouble what, const std::string& why) {
  const std::string where = "the store in " + data.string();
  switch (what) {
    case storage::Trouble::disk_full:
      return log.error(where + " has no room on its disk (" + why +
                       "): changes are refused, reads go on. Make room on that disk or lift the quota; the next change "
                       "tries again, and no restart is needed");
    case storage::Trouble::limit_reached:
      return log.error(where + " has grown to the address space that was reserved for it (" + why +
                       "): changes are refused, reads go on. Lift the limit of address space (ulimit -v, LimitAS= in "
                       "the systemd unit) and restart");
    case storage::Trouble::poisoned:
      return log.error(where + " failed to reach the disk (" + why +
                       "): whether the last changes are on it is unknown, so all changes are refused and reads go on. "
                       "Look at the disk and the kernel's log (dmesg), then restart; `portcullis check` tells whether "
                       "the store is sound, and a backup helps if it is not");
  }
}

std::unique_ptr<storage::Engine> open_engine(const Config& config, const AppOverrides& overrides, Log& log,
                                             outbound::Bell& bell) {
  storage::OpenOptions options;
  options.on_messages = [&bell](std::span<const std::string> entries) { bell.ring(entries); };
  options.on_trouble = [&log, data = config.data](storage::Trouble what, const std::string& why) {
    tell_of_trouble(log, data, what, why);
  };
  options.folder = config.data;
  options.engine = storage::engine_named(config.engine).value_or(storage::EngineKind::lmdb);
  options.faults = overrides.faults;
  return storage::open_store(options);
}

Peppers read_peppers(const Config& config) {
  if (config.pepper_file.empty()) return {};
  try {
    return Peppers::read(config.pepper_file);
  } catch (const std::runtime_error& wrong) {
    throw std::runtime_error("--pepper-file: " + config.pepper_file.string() + ": " + wrong.what());
  }
}

std::vector<std::string> server_hosts(const Config& config) {
  std::vector<std::string> hosts;
  std::istringstream list(config.public_url);
  for (std::string host; std::getline(list, host, ',');)
    if (!host.empty()) hosts.push_back(host);
  return hosts;
}

/// Once for all servers of the process, because it takes milliseconds.
const CheckSpeed& check_speed(argon2::Kernel kernel) {
  static const CheckSpeed measured = CheckSpeed::measure(kernel);
  return measured;
}

HashPoolOptions pool_options(const Config& config, const CheckSpeed& speed, Log& log) {
  constexpr int shared_hashes = 4;
  HashPoolOptions options;
  options.first_guess = [speed](const CostClass& cost) { return speed.of(cost); };
  const auto own = speed.of(CostClass{0, config.hash_cost.memory_kib, config.hash_cost.passes, 1});
  options.longest_shared = std::max<std::chrono::nanoseconds>(shared_hashes * own, options.longest_shared);
  options.threads = std::max<std::uint32_t>(1, config.hash_threads);
  options.arena_kib = config.hash_cost.memory_kib;
  options.foreign_kib = config.foreign_hash_kib;
  options.cpu_share = config.hash_cpu_share;
  options.quota_cores = config.hash_quota_cores;
  options.on_unlocked = [&log](std::error_code why) {
    log.info("the hash arenas are not locked in memory and could be swapped out (" + why.message() +
             "): `ulimit -l unlimited`, or LimitMEMLOCK=infinity in the systemd unit, permits it");
  };
  return options;
}

/// The byte budget of lists holds at least two lists of the largest size.
ScanLimits scan_limits(const Config& config) {
  ScanLimits limits;
  limits.bytes = std::max(shared_budget(config), 2 * largest_page);
  return limits;
}

/// Saved windows replace the previous ones: all stored chunks are erased, then the new ones are put.
storage::Change<bool> put_limits(std::string blob) {
  storage::Reads reads{{}, {storage::keys::all_saved_limits()}};
  auto decide = [blob = std::move(blob)](const storage::View& view) -> result<storage::Decision<bool>> {
    storage::Decision<bool> decision{{}, true};
    for (const storage::Row& row : view.ranges[0]) decision.edits.erase.emplace_back(row.key);
    std::uint32_t chunk = 0;
    for (std::size_t at = 0; at < blob.size(); at += limit_chunk_bytes, ++chunk) {
      const std::string_view part = std::string_view(blob).substr(at, limit_chunk_bytes);
      decision.edits.put.push_back(storage::codec::put_text(storage::keys::saved_limits(chunk), part));
    }
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

}  // namespace

struct App::Parts {
  Config config;
  SystemClock system_clock;
  SystemRandom system_random;
  const Clock& clock;
  Random& random;
  Log log;
  outbound::Bell bell;
  std::unique_ptr<storage::Engine> engine;
  storage::Store store;
  storage::Erasure erasure;
  storage::SessionSweep sweep;
  crypto::Sealer sealer;
  Projects projects;
  argon2::Selection kernels;
  CheckSpeed speed;
  HashPool pool;
  Hasher hasher;
  Limiter limiter;
  ScanThread scans;
  SessionCache session_cache;
  FairnessKeys fairness;
  RequestMetrics requests;
  PingCounter pings;
  Services services;
  Pipeline pipeline;
  std::unique_ptr<Outbound> outbound;  ///< null until start_sending()
  bool stopped = false;
  bool erasing_fails = false;
  bool sweeping_fails = false;

  Parts(Config given, const AppOverrides& overrides)
      : config(std::move(given)),
        clock(overrides.clock ? *overrides.clock : system_clock),
        random(overrides.random ? *overrides.random : system_random),
        log(clock, config.log_format, config.log_level, overrides.log_fd),
        engine(open_engine(config, overrides, log, bell)),
        store(*engine),
        erasure(*engine),
        sweep(*engine),
        sealer(read_seal_key(*engine, config, random), random),
        projects(store, sealer, server_hosts(config)),
        kernels(argon2::select_kernel(config.hash_kernel, overrides.kernel_passes)),
        speed(check_speed(kernels.kernel)),
        pool(pool_options(config, speed, log), clock),
        hasher(pool, config.hash_cost, random, kernels, read_peppers(config),
               ImportBound{std::min(config.foreign_hash_time, config.admin_hash_deadline), speed}),
        limiter(std::size_t{config.limiter_kib} * 1024, random),
        scans(clock, scan_limits(config)),
        session_cache(config.session_cache, cache_shards * config.reactors, engine->revisions(), random),
        fairness(random),
        requests(api::routes(), config.reactors),
        services{config,        store,    projects, pool,  hasher, sealer, limiter, scans,
                 session_cache, fairness, requests, pings, clock,  random, log},
        pipeline(services, api::routes()) {
    for (const argon2::Kernel kernel : hasher.engine().failed)
      log.warning("the Argon2 kernel " + std::string(argon2::name(kernel)) +
                  " fails its self-test here and is not used");
    engine->on_projects_changed([this](std::span<const std::string> keys) { refresh(keys); });
    upgrade_or_throw();
    refresh_or_throw();
    ensure_console();
    move_web_hosts();
    load_limits();
    load_pings();
  }

  void upgrade_or_throw() {
    constexpr std::uint64_t users_a_line = 65536;
    const auto progress = [this, said = std::uint64_t{0}](std::uint64_t users) mutable {
      if (users / users_a_line == std::exchange(said, users / users_a_line)) return;
      log.info("bringing the store of an older version up to this one: " + std::to_string(users) + " users done");
    };
    const result<void> done = storage::upgrade(*engine, progress);
    if (done) return;
    const bool damaged = done.error().code == errc::record_corrupt;
    const std::string_view why =
        damaged ? "a stored record is damaged; `portcullis check` names it" : describe(done.error().code).message;
    throw std::runtime_error("the store of an older version could not be brought up to this one: " + std::string(why));
  }

  /// Throws on failure, so that no change is answered that is not in force.
  void refresh(std::span<const std::string> keys) {
    if (projects.reload(keys)) return;
    log.error("the project snapshot could not be rebuilt; the former one stays");
    throw std::runtime_error("the project snapshot could not be rebuilt");
  }

  void refresh_or_throw() {
    if (!projects.reload())
      throw std::runtime_error(
          "the projects in the store cannot be read; is the seal key file the one that belongs to it?");
  }

  /// The built-in project is stored like any other: the accounts of administrators belong to it.
  void ensure_console() {
    if (projects.find(console_id)) return;
    ProjectSettings settings;
    settings.name = "Console";
    const Project console = changes::new_project(std::string(console_id), settings, clock.now(), sealer, random);
    const result<Project> made = now<Project>([console] { return changes::create_project(console); });
    if (!made)
      throw std::runtime_error("the built-in project could not be created in the store: " +
                               std::string(describe(made.error().code).message));
  }

  /// Former versions kept hosts in the settings; now they are web platforms.
  void move_web_hosts() {
    const result<std::vector<Project>> stored = store.all_projects_now();
    if (!stored) throw std::runtime_error("the projects in the store cannot be read");
    for (const Project& project : *stored) {
      const std::size_t hosts = project.settings.web_hosts.size();
      if (hosts == 0) continue;
      const std::vector<std::string> ids = changes::platform_ids(hosts, project.updated_at, random);
      const result<Project> moved = now<Project>([&] { return changes::move_web_hosts(project, ids); });
      if (!moved)
        throw std::runtime_error("the web hosts of project " + project.id +
                                 " could not become platforms: " + std::string(describe(moved.error().code).message));
    }
  }

  /// Submits a change from outside any executor and waits; `make` builds it anew for each attempt.
  template <class T, class Make>
  result<T> now(Make make) {
    return run_blocking(commit<T>(*engine, std::move(make)));
  }

  void load_limits() {
    const result<storage::Rows> rows = engine->read_now(storage::Reads{{}, {storage::keys::all_saved_limits()}});
    if (!rows) return;
    std::string blob;
    for (const storage::Row& row : rows->view().ranges[0]) {
      const result<std::string> part = storage::codec::read<std::string>(row);
      if (!part) return;
      blob += *part;
    }
    limiter.load(blob, clock.now());
  }

  void load_pings() {
    const std::shared_ptr<const ProjectSnapshot> all = projects.load();
    for (const auto& [id, live] : all->by_id) {
      const std::string key = storage::keys::pings(live->number());
      const result<storage::Rows> rows = engine->read_now(storage::Reads{{key}, {}});
      if (!rows || !rows->view().values[0]) continue;
      const result<Pings> stored = storage::codec::read<Pings>(storage::Row{key, *rows->view().values[0]});
      if (stored) pings.load(live->number(), *stored);
    }
  }
};

App::App(Config config, AppOverrides overrides) : parts_(std::make_unique<Parts>(std::move(config), overrides)) {}

App::~App() { stop(); }

awaitable<http::Response> App::handle(http::Request& request, http::Exchange exchange) {
  return parts_->pipeline.run(request, std::move(exchange));
}

http::Response App::refuse(int status, std::string_view why) const {
  ErrorDescription row{errc::general_bad_request, "general_bad_request", status, why};
  if (status == 500) row = describe(errc::general_unknown);
  if (status == 408) row.type = "general_request_timeout";
  if (status == 413) row.type = "general_payload_too_large";
  if (status == 431) row.type = "general_header_too_large";
  if (status == 503) row.type = "server_busy";
  parts_->requests.count_refused(status);
  http::Response response = error_response(row);
  response.common = common_lines();
  if (status == 503) response.add("Retry-After", "1");
  return response;
}

awaitable<void> App::save_counts() {
  co_await save_pings(*parts_->engine, parts_->pings);
  std::string blob = parts_->limiter.save(parts_->clock.now());
  if (blob.empty()) co_return;
  auto make = [blob = std::move(blob)] { return put_limits(blob); };
  const result<bool> saved = co_await commit<bool>(*parts_->engine, std::move(make));
  if (!saved)
    parts_->log.warning("rate-limit windows could not be saved: " + std::string(describe(saved.error().code).message));
}

awaitable<bool> App::erase_removed() {
  const result<storage::Erasure::Step> step = co_await parts_->erasure.step(parts_->clock.now());
  if (step) parts_->erasing_fails = false;
  if (!step) {
    if (std::exchange(parts_->erasing_fails, true)) co_return false;  // logged once
    parts_->log.warning("rows of a deleted project could not be erased yet: " +
                        std::string(describe(step.error().code).message));
    co_return false;
  }
  if (!step->finished.empty()) parts_->log.info("project " + step->finished + " is deleted and erased");
  co_return step->more;
}

void App::erase_all_removed() {
  while (run_blocking(erase_removed())) {
  }
}

awaitable<bool> App::sweep_sessions() {
  const result<storage::SessionSweep::Step> step = co_await parts_->sweep.step(parts_->clock.now());
  if (!step && !std::exchange(parts_->sweeping_fails, true))  // logged once
    parts_->log.warning("expired sessions could not be erased yet: " +
                        std::string(describe(step.error().code).message));
  if (!step) co_return true;
  parts_->sweeping_fails = false;
  co_return step->round_over;
}

void App::start_sending() {
  Parts& p = *parts_;
  p.outbound = std::make_unique<Outbound>(p.config, *p.engine, p.sealer, p.bell, p.clock, p.random, p.log);
}

const Outbound* App::outbound() const noexcept { return parts_->outbound.get(); }

void App::stop() {
  if (parts_->stopped) return;
  parts_->stopped = true;
  parts_->pool.stop(stop_grace);
  parts_->scans.stop();
  if (parts_->outbound) parts_->outbound->stop();
  try {
    run_blocking(save_counts());
  } catch (const std::exception& failure) {  // what follows matters more
    parts_->log.warning(std::string("counts could not be saved: ") + failure.what());
  }
  parts_->engine->stop();
  parts_->log.flush();
}

Services& App::services() noexcept { return parts_->services; }
storage::Engine& App::engine() noexcept { return *parts_->engine; }

}  // namespace portcullis
